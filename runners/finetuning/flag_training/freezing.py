"""Which weights of the base stay as they are."""

import re
from typing import Any

from runners.failures import Failure

_LAYER = re.compile(r"(?:^|\.)(?:layers?|h|block)\.(\d+)\.")


def freeze(encoder: Any, layers: int) -> None:
    """Keep the weights of the embeddings of tokens and of the lowest `layers` as they are.

    Raises:
        Failure: the base has no more layers than that, or none that are known by name.
    """
    if not layers:
        return
    _check(encoder, layers)
    for name, parameter in encoder.named_parameters():
        layer = _layer(name)
        if (
            name.startswith("embeddings")
            or "embed_tokens" in name
            or (layer is not None and layer < layers)
        ):
            parameter.requires_grad = False


def _check(encoder: Any, layers: int) -> None:
    found = len({_layer(name) for name, _ in encoder.named_parameters()} - {None})
    if not found:
        raise Failure(
            "submission",
            f"freeze_layers: {layers}, but no layers are found by name in the base ({type(encoder).__name__})",
            "leave `freeze_layers` out",
        )
    if layers >= found:
        has = "1 layer" if found == 1 else f"{found} layers"
        raise Failure(
            "submission",
            f"freeze_layers: {layers}, but the base has {has}",
            f"write {found - 1} or less" if found > 1 else "leave `freeze_layers` out",
        )


def _layer(name: str) -> int | None:
    """The number of the layer that a weight belongs to."""
    match = _LAYER.search(name)
    return int(match.group(1)) if match else None
