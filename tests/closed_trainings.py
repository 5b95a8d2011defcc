"""Configs that train a model first, and what is wrong with the base or the data: see tests/closed_models.py."""

from tests.closed_models import breaks
from tests.open_model import NEWS, World, as_json


def train(world: World, base: str = "acme/NAME", data: str = "acme/rows", revision: str = NEWS):
    """Make the repository the base of a model that has none yet."""
    finetune = (
        f'finetune:\n  base_model: {base}\n  data:\n    - id: {data}\n      revision: "{revision}"\n'
        "      columns: {text: text, label: label}\n"
    )
    world.configure(
        ("model: acme/NAME", "model: acme/NAME-tuned"),
        ("adapted_from: acme/base\n", ""),
        ("evaluate:\n", f"{finetune}evaluate:\n"),
    )


@breaks(
    "repository-missing",
    """
15:15 repository-missing: `acme/nothing` is no public model on the Hub
  fix: correct the id, or make the repository public (`Settings` > `Change model visibility`)
""",
)
def _(world):
    train(world, base="acme/nothing")


@breaks(
    "revision-missing",
    """
3:11 revision-missing: `acme/base` has no commit SHA
  fix: copy the full SHA from the model's `Files and versions` > `History`
""",
)
def _(world):
    train(world, base="acme/base")


@breaks(
    "weights-missing",
    """
15:15 weights-missing: the repository has no weights
  fix: upload them as safetensors: `model.save_pretrained(...)` writes them
""",
)
def _(world):
    train(world)
    del world.files["model.safetensors"]


@breaks(
    "base-terms-dropped",
    """
15:15 base-terms-dropped: `acme/NAME`: its licence `llama3.1` binds adapted models, `mit` drops its terms
  fix: publish under the licence of the model it was adapted from
""",
)
def _(world):
    train(world)
    world.edit("README.md", ("license: mit", "license: llama3.1"))


@breaks(
    "license-unknown",
    """
4:10 license-unknown: `acme-1.0` is no licence that the Hub knows
  fix: take an id of https://huggingface.co/docs/hub/repositories-licenses; for terms of your own `other`
""",
)
def _(world):
    train(world)
    world.configure(("license: mit", "license: acme-1.0"))


@breaks(
    "training-pooling-differs",
    """
20:14 training-pooling-differs: `pooling: cls` is trained, the base's own `1_Pooling/config.json` says `mean`
  fix: delete `pooling` in the recipe
""",
)
def _(world):
    train(world)
    world.configure(
        ("  pooling: mean\n", ""), ("evaluate:\n", "  recipe:\n    pooling: cls\nevaluate:\n")
    )


@breaks(
    "training-pooling-differs",
    """
20:20 training-pooling-differs: `pooling: cls` is trained, the base's own `1_Pooling/config.json` says `last-token`
  fix: delete `pooling` in the recipe
21:22 training-pooling-differs: `pooling: mean` is trained, the base's own `1_Pooling/config.json` says `last-token`
  fix: delete `pooling` in the recipe
""",
)
def _(world):
    train(world)
    variants = "  variants:\n    one: {pooling: cls}\n    other: {pooling: mean}\n    own: {pooling: last-token}\n"
    world.configure(("  pooling: mean\n", ""), ("evaluate:\n", f"{variants}evaluate:\n"))
    pooling = {"embedding_dimension": 16, "pooling_mode": "lasttoken"}
    world.write("1_Pooling/config.json", as_json(pooling))


@breaks(
    "trained-on-evaluated",
    """
17:11 warning trained-on-evaluated: `acme/news` is trained on and evaluated: `AcmeNews`
  fix: nothing to do if it is so: the scores are shown with this remark
""",
)
def _(world):
    train(world, data="acme/news")


@breaks(
    "training-data-differs",
    """
13:16 warning training-data-differs: the base model's card names training data that the config does not: `acme/pairs`
  fix: add them to `training_data`, or correct `datasets:` in the model card
""",
)
def _(world):
    train(world)
    world.configure(("training_data: [acme/pairs]", "training_data: []"))


@breaks(
    "finetune-data-missing",
    """
17:11 finetune-data-missing: `acme/nothing` is no public data set on the Hub
  fix: correct the id, or make the data set public
""",
)
def _(world):
    train(world, data="acme/nothing")


@breaks(
    "finetune-data-gated",
    """
17:11 finetune-data-gated: `acme/gated-news` is gated: readers must ask before they can read it
  fix: turn off access requests in its settings, or take another data set
""",
)
def _(world):
    train(world, data="acme/gated-news")


@breaks(
    "finetune-revision-missing",
    """
18:17 finetune-revision-missing: `acme/rows` has no commit SHA
  fix: copy the full SHA from the data set's `Files and versions` > `History`
""",
)
def _(world):
    train(world, revision="2" * 40)
