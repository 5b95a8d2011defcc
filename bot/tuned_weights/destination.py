"""Where tuned weights go: only where both the config asks for it and the board allows it. Pure."""

from dataclasses import dataclass
from typing import Literal

from schemas.settings import TunedWeights
from schemas.submission import ModelConfig

GOES_NOWHERE = (
    "The tuned weights go nowhere (`finetune.publish` is not there), so nothing is published."
)
_NO_BOARD = "This board publishes no tuned weights (`publish.tuned_weights` in its settings), so nothing is published."


@dataclass(frozen=True)
class Destination:
    """`private` is what a repository that is created becomes; with `only_private` a public one gets no weights."""

    to: Literal["new-repository", "pull-request"]
    private: bool = True
    only_private: bool = True


def destination(config: ModelConfig, allowed: TunedWeights) -> tuple[Destination | None, str]:
    """Where, or None and why nowhere; a config without training has none."""
    if config.finetune is None:
        return None, ""
    target = config.finetune.publish
    if target is None:
        return None, GOES_NOWHERE
    if allowed == "never":
        return None, _NO_BOARD
    private = target.private or allowed == "private"
    only_private = private if target.to == "new-repository" else allowed == "private"
    return Destination(target.to, private, only_private), ""
