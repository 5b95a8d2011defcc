"""Read back what `mteb-bot check --format json` wrote, perhaps on another machine: as data."""

from typing import Any, get_args

from schemas.errors import CommandError, ExitCode
from schemas.problem import Problem, Severity, shown
from schemas.strict_json import parse_strict_json

MAX_BYTES = 16 * 1024 * 1024
_TEXTS = ("file", "rule", "message", "fix")
_NUMBERS = ("line", "column")


class CannotReadProblems(CommandError):
    """The file is too large, no strict JSON, or not what the check writes."""

    exit_code = ExitCode.INFRASTRUCTURE

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the file of problems cannot be used: {reason}",
            "write it with `mteb-bot check --format json`",
        )


def name_of(config: str) -> str:
    """What the file about `models/<org>/<name>.yaml` is called where there is one for each config."""
    return config.removeprefix("models/").removesuffix(".yaml").replace("/", "__") + ".json"


def problems_from(content: bytes) -> tuple[tuple[str, ...], list[Problem]]:
    """The files that were checked, and their problems.

    Raises:
        CannotReadProblems: it is not what the check writes.
    """
    if len(content) > MAX_BYTES:
        raise CannotReadProblems(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        data = parse_strict_json(content)
        if data["schema_version"] != 1 or not all(isinstance(name, str) for name in data["files"]):
            raise CannotReadProblems("it is of another version")
        return tuple(data["files"]), [_problem(problem) for problem in data["problems"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CannotReadProblems(shown(str(error), 200)) from error


def _problem(data: Any) -> Problem:
    texts = {name: data[name] for name in _TEXTS}
    numbers = {name: data[name] for name in _NUMBERS}
    severity: Severity = data.get("severity", "error")
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a problem has no text where it must")
    if not all(type(number) is int for number in numbers.values()):
        raise TypeError("a problem has no number where it must")
    if severity not in get_args(Severity):
        raise ValueError("a problem has an unknown severity")
    return Problem(**texts, **numbers, severity=severity)
