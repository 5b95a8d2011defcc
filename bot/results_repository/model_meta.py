"""model_meta.json as mteb's ModelMeta.to_dict writes it: whether a file can be one, and of which model."""

import json
from collections.abc import Mapping
from typing import Any

from schemas.problem import shown
from schemas.strict_json import parse_strict_json

_LARGEST = 256 * 1024  # bytes; mteb's longest, with every training data set of a model, has 12 KB
_TEXT, _NUMBER, _LIST = (str, "a text"), (int | float, "a number"), (list, "a list")
# What readers of the results rely on; null is allowed everywhere, other keys are left alone.
_TYPES: Mapping[str, tuple[Any, str]] = {
    "license": _TEXT, "reference": _TEXT, "release_date": _TEXT, "similarity_fn_name": _TEXT,
    "adapted_from": _TEXT, "citation": _TEXT, "loader": _TEXT,
    "n_parameters": _NUMBER, "memory_usage_mb": _NUMBER, "max_tokens": _NUMBER,
    "embed_dim": _NUMBER,
    "languages": _LIST, "framework": _LIST, "modalities": _LIST,
    "open_weights": (bool, "true or false"), "use_instructions": (bool, "true or false"),
}  # fmt: skip


def unusable_meta(data: Any, model: str, revision: str) -> str:
    """Why `data` cannot be the model_meta.json of this model and revision; empty where it can."""
    if not isinstance(data, dict):
        return "it is no JSON object"
    for key, wanted in (("name", model), ("revision", revision)):
        if data.get(key) != wanted:
            return f"its {key} is {shown(data.get(key), 120)}, not {wanted}"
    for key, (kind, said) in _TYPES.items():
        value = data.get(key)
        if value is not None and (not isinstance(value, kind) or _is_odd(value, kind)):
            return f"its {key} is not {said}"
    try:
        content = meta_content(data)
        parse_strict_json(content)
    except (ValueError, RecursionError):
        return "it is nested too deep"
    return "it is too large" if len(content) > _LARGEST else ""


def meta_content(data: Mapping[str, Any]) -> bytes:
    """The file, with mteb's indentation."""
    return json.dumps(data, indent=4, allow_nan=False).encode()


def _is_odd(value: object, kind: Any) -> bool:
    """True passes for a number in Python."""
    return isinstance(value, bool) and kind is not bool
