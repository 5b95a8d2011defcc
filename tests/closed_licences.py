"""Repositories whose licence is missing, told two ways, or forbidden by the model underneath: see tests/closed_models.py."""

from tests.closed_models import breaks
from tests.open_model import World

# Licence


@breaks(
    "license-missing",
    """
4:10 license-missing: the model card states no licence
  fix: add `license: …` to the model card's front matter
""",
)
def _(world):
    world.edit("README.md", ("license: mit\n", ""))


@breaks(
    "license-unknown",
    """
4:10 license-unknown: `unknown` is no licence that the Hub knows
  fix: take an id of https://huggingface.co/docs/hub/repositories-licenses; for terms of your own `other`
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: unknown"))
    world.write("LICENSE", "Ask us.")
    world.configure(("license: mit", "license: unknown"))


@breaks(
    "license-other-unexplained",
    """
4:10 warning license-other-unexplained: the licence is `other`, and the model card has no `license_link`
  fix: add `license_name` and `license_link` to the model card's front matter
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: other\nlicense_name: acme-1"))
    world.write("LICENSE", "Acme licence 1. Do as you like on Sundays.")
    world.configure(("license: mit", "license: other"))


@breaks(
    "license-differs",
    """
4:10 license-differs: `license` is `mit`, the model card says `apache-2.0`
  fix: write the licence of the model card, or correct the card
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: apache-2.0"))


@breaks(
    "license-file-differs",
    """
4:10 license-file-differs: `license` is `mit`, `LICENSE` is the text of `cc-by-nc-4.0`
  fix: put the right text into the file, or correct `license` here and in the model card
""",
)
def _(world):
    world.write(
        "LICENSE", "Attribution-NonCommercial 4.0 International\n\n=======\n\nCreative Commons …"
    )


@breaks(
    "license-file-missing",
    """
4:10 note license-file-missing: the repository holds no LICENSE file
  fix: add the text as LICENSE
""",
)
def _(world):
    del world.files["LICENSE"]


@breaks(
    "license-file-unrecognised",
    """
4:10 note license-file-unrecognised: `LICENSE` is not the text of a licence known here
  fix: compare it by eye; the unchanged text of the licence is recognised
""",
)
def _(world):
    world.write("LICENSE", "You may use this model if you are kind to it.")


@breaks(
    "base-missing",
    """
14:15 base-missing: `acme/nowhere` is no public model on the Hub
  fix: correct the id, or name the nearest public model it comes from
""",
)
def _(world):
    adapt(world, "nowhere")


@breaks(
    "base-differs",
    """
14:15 warning base-differs: `adapted_from` is `acme/base`, the model card names `acme/other`
  fix: write the same model in both
""",
)
def _(world):
    world.edit("README.md", ("base_model: acme/base", "base_model: acme/other"))


@breaks(
    "base-differs",
    """
2:8 warning base-differs: the model card says it was adapted from `acme/base`, the config does not
  fix: write `adapted_from: acme/base`
""",
)
def _(world):
    world.configure(("adapted_from: acme/base\n", ""))


@breaks(
    "base-forbids-adapting",
    """
14:15 base-forbids-adapting: `acme/noderivatives`: its licence `cc-by-nc-nd-4.0` allows no adapted models
  fix: ask its owner for permission; without it the model cannot be published
""",
)
def _(world):
    adapt(world, "noderivatives")


@breaks(
    "base-terms-dropped",
    """
14:15 base-terms-dropped: `acme/llama`: its licence `llama3.1` binds adapted models, `mit` drops its terms
  fix: publish under the licence of the model it was adapted from
""",
)
def _(world):
    adapt(world, "llama")


@breaks(
    "base-license-unclear",
    """
14:15 warning base-license-unclear: `acme/custom`: its licence is `other`, which does not say what is allowed
  fix: read the terms of the base model; a maintainer will ask
""",
)
def _(world):
    adapt(world, "custom")


def adapt(world: World, base: str) -> None:
    world.edit("README.md", ("base_model: acme/base", f"base_model: acme/{base}"))
    world.configure(("adapted_from: acme/base", f"adapted_from: acme/{base}"))
