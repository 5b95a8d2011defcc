"""Embeddings of a base model, to find hard negatives by."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from runners.finetuning.hard_negatives import Embed


def embedder(base: Path, pooling: str | None, device: str) -> Embed:
    """Embeds texts with the model in `base`, which is loaded when the first are asked for."""

    def embed(texts: Sequence[str]) -> Any:
        model = _loaded(base, pooling, device)
        return model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)

    return embed


@cache
def _loaded(base: Path, pooling: str | None, device: str) -> Any:
    from runners.finetuning.flag_training.saving import base_model

    return base_model(base, pooling).to(device)
