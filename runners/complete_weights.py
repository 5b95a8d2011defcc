"""A checkpoint must hold every weight of its model: transformers fills the rest with random numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runners.failures import Failure

_SHOWN = 3
_NEVER_USED = "pooler."  # BERT's head for another purpose; no embedding comes from it


@contextmanager
def complete_weights() -> Iterator[None]:
    """While this lasts, transformers refuses a checkpoint that lacks weights.

    Raises:
        Failure: what is loaded meanwhile lacks some.
    """
    from transformers import PreTrainedModel

    original = PreTrainedModel.__dict__["from_pretrained"]

    def from_pretrained(
        cls: Any, /, *args: Any, output_loading_info: bool = False, **options: Any
    ) -> Any:
        model, facts = original.__func__(cls, *args, output_loading_info=True, **options)
        _refuse_missing(facts)
        return (model, facts) if output_loading_info else model

    PreTrainedModel.from_pretrained = classmethod(from_pretrained)
    try:
        yield
    finally:
        PreTrainedModel.from_pretrained = original


def _refuse_missing(facts: Any) -> None:
    lacking = {str(key) for key in facts["missing_keys"]}
    lacking |= {str(each[0]) for each in facts["mismatched_keys"]}
    wanted = sorted(key for key in lacking if not _is_unused(key))
    if wanted:
        more = f" and {len(wanted) - _SHOWN} more" if len(wanted) > _SHOWN else ""
        raise Failure(
            "submission",
            f"the checkpoint lacks weights of its model: {', '.join(wanted[:_SHOWN])}{more}",
            "save the model again with `save_pretrained`; what is missing would be random numbers",
        )


def _is_unused(key: str) -> bool:
    return key.startswith(_NEVER_USED) or f".{_NEVER_USED}" in key
