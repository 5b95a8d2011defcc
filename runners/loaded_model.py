"""A model ready to encode, with what provenance wants to know about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LoadedModel:
    """`encoder` follows mteb's EncoderProtocol; None says: unknown, the loader decides."""

    encoder: Any
    loader: str
    source: str
    pooling: str | None = None
    normalize: bool | None = None
    max_length: int | None = None
    dtype: str | None = None
    attention: str | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)
    count_tokens: Callable[[Sequence[str]], list[int]] | None = None


def named_meta(name: str, revision: str, **facts: Any) -> Any:
    """mteb metadata that carries the config's name and revision, whatever folder was loaded.

    A model loaded from a path would otherwise be called `no_model_name/available`, and two such models
    would return each other's stored scores.
    """
    from mteb.models.model_meta import ModelMeta

    return ModelMeta.create_empty(overwrites={"name": name, "revision": revision, **facts})


def token_counter(tokenizer: Any) -> Callable[[Sequence[str]], list[int]]:
    """Counts tokens, special ones included, with a transformers tokenizer."""

    def count(texts: Sequence[str]) -> list[int]:
        encoded = tokenizer(list(texts), truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    return count
