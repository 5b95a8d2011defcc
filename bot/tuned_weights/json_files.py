"""The JSON files of a model: strict, bounded, and asking for no code."""

import json
import re
from typing import Any

_MOST_VALUES = 8_000_000  # a tokenizer of 500,000 entries has two million
_LONGEST_INTEGER = 40  # digits; transformers writes 10**30 for a length without limit
_MODULE = re.compile(r"sentence_transformers(\.[a-z_]+)*\.[A-Z][A-Za-z]*")
_RUNS_CODE = ("auto_map", "custom_pipelines")


class BrokenFile(Exception):
    """What is wrong with a file of a model; says nothing of which."""


def read_json(content: bytes) -> Any:
    """The data in a JSON file.

    Raises:
        BrokenFile: it is none, says something twice, or holds too much.
    """
    if sum(map(content.count, (b"[", b"{", b","))) > _MOST_VALUES:
        raise BrokenFile(f"it holds more than {_MOST_VALUES:,} values")
    try:
        return json.loads(
            content.decode(),
            parse_constant=_refused,
            parse_int=_integer,
            object_pairs_hook=_without_repetition,
        )
    except (ValueError, RecursionError) as error:
        raise BrokenFile("it is not strict JSON") from error


def check_no_code(data: Any, name: str) -> None:
    """Refuse a model that loads code: its own, or another package's.

    Raises:
        BrokenFile: it does.
    """
    if isinstance(data, dict) and (keys := [key for key in _RUNS_CODE if key in data]):
        raise BrokenFile(f"it asks for code of its own ({keys[0]})")
    if name == "modules.json":
        modules = data if isinstance(data, list) else [None]
        types = [one.get("type") if isinstance(one, dict) else None for one in modules]
        if not all(isinstance(each, str) and _MODULE.fullmatch(each) for each in types):
            raise BrokenFile("it names a module that is not of sentence_transformers")


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("a number with too many digits")
    return int(digits)


def _refused(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
