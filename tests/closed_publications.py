"""Configs that train a model whose weights could not be published afterwards: see tests/closed_models.py."""

import json

from tests.closed_models import breaks
from tests.closed_trainings import train
from tests.open_model import World

PUBLISH = "  publish: {to: pull-request}\n"


def train_and_publish(world: World) -> None:
    """Make the repository the base of a model whose weights are to be published."""
    train(world)
    world.configure(("evaluate:\n", f"{PUBLISH}evaluate:\n"))


def weights_that_claim(parameters: int, dtype: str = "BF16") -> bytes:
    """A file whose header speaks of so many parameters; none of them is there."""
    tensor = {"dtype": dtype, "shape": [parameters], "data_offsets": [0, 0]}
    header = json.dumps({"embeddings": tensor}).encode()
    return len(header).to_bytes(8, "little") + header


@breaks(
    "tuned-weights-too-large",
    """
20:12 tuned-weights-too-large: in float32 the base has 4.4 GB (1,100,000,000 parameters), tuned weights are published up to 4.294 GB
  fix: delete `finetune.publish` (the model is trained and measured all the same), or train from a smaller base
""",
)
def _(world):
    train_and_publish(world)
    world.write("model.safetensors", weights_that_claim(1_100_000_000))


@breaks(
    "tuned-custom-code",
    """
20:12 tuned-custom-code: the tuned model keeps the base's `config.json`, which is not published: it asks for code of its own (custom_pipelines)
  fix: delete `finetune.publish`, or train from a base without code of its own
""",
)
def _(world):
    train_and_publish(world)
    world.set("config.json", custom_pipelines={"feature-extraction": {"impl": "acme.Pipeline"}})
