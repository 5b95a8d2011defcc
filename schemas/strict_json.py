"""Parse JSON that came from elsewhere: no NaN, no numbers without end, no endless nesting, nothing said twice."""

import json
import math
from typing import Any

MAX_DEPTH = 20
_LONGEST_INTEGER = 18  # digits: what a 64-bit integer holds


def parse_strict_json(content: bytes) -> Any:
    """The data in `content`.

    Raises:
        ValueError: not JSON in UTF-8, a number that is not finite or too long, a name twice in one object,
            half a character, or nested too deep.
    """
    text = content.decode()
    try:
        data = json.loads(
            text,
            parse_constant=_refused,
            parse_float=_finite,
            parse_int=_bounded_integer,
            object_pairs_hook=_without_repetition,
        )
    except RecursionError as error:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels") from error
    _check_depth(data)
    if "\\u" in text:
        json.dumps(
            data, ensure_ascii=False
        ).encode()  # half of a surrogate pair cannot be written again
    return data


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ in which of two values they take, so that one may check what another does not use."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


def _refused(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _bounded_integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("an integer has too many digits")
    return int(digits)
