"""Problems as text for a terminal, as GitHub's workflow annotations, or as JSON. Pure; nothing in a file acts here."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from schemas.problem import Problem, Severity, shown

Format = Literal["text", "github", "json"]
_MOST_SHOWN = 200  # in formats that people read
_BOLD, _DIM, _PLAIN = "\033[1m", "\033[2m", "\033[0m"
_COLOURS: Mapping[Severity, str] = {
    "error": "\033[31m",
    "warning": "\033[33m",
    "note": "\033[36m",
}
_MILD: Sequence[Severity] = ("warning", "note")
_ANNOTATIONS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def as_text(problems: Sequence[Problem], files: int, *, colour: bool = False) -> str:
    """Two lines a problem, then one line that sums up."""
    bold, dim, plain = (_BOLD, _DIM, _PLAIN) if colour else ("", "", "")
    lines = []
    for problem in problems[:_MOST_SHOWN]:
        place = f"{_file(problem.file)}:{problem.line}:{problem.column}"
        shade = _COLOURS[problem.severity] if colour else ""
        said = f"{shade}{_word(problem)}{problem.rule}{plain}: {_line(problem.message)}"
        lines.append(f"{bold}{place}{plain} {said}")
        lines.append(f"  {dim}fix:{plain} {_line(problem.fix)}")
    return "\n".join([*lines, *_rest(problems), _summary(problems, files)]) + "\n"


def as_github(problems: Sequence[Problem], files: int) -> str:
    """One workflow command a problem, and a line that sums up."""
    lines = [
        f"::{_ANNOTATIONS[problem.severity]} file={_property(_file(problem.file))},line={problem.line},col={problem.column},"
        f"title={_property(problem.rule)}::{_data(f'{problem.message}; fix: {problem.fix}')}"
        for problem in problems[:_MOST_SHOWN]
    ]
    return "\n".join([*lines, *_rest(problems), _summary(problems, files)]) + "\n"


def as_json(problems: Sequence[Problem], files: Iterable[str]) -> str:
    """One object: `schema_version` 1, `passed` (no errors), the `files` checked, all `problems` with Problem's fields."""
    report = {
        "schema_version": 1,
        "passed": not has_errors(problems),
        "files": list(files),
        "problems": [vars(problem) for problem in problems],
    }
    return json.dumps(report, indent=1) + "\n"


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of the problems makes the submission fail."""
    return any(problem.severity == "error" for problem in problems)


def _word(problem: Problem) -> str:
    return "" if problem.severity == "error" else f"{problem.severity} "


def _summary(problems: Sequence[Problem], files: int) -> str:
    counts = Counter(problem.severity for problem in problems)
    parts = [_counted(counts["error"], "problem") if counts["error"] else "no problems"]
    parts += [_counted(counts[mild], mild) for mild in _MILD if counts[mild]]
    return f"{_counted(files, 'file')} checked, {', '.join(parts)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _rest(problems: Sequence[Problem]) -> list[str]:
    more = len(problems) - _MOST_SHOWN
    return [f"… and {more} more; `--format json` lists all"] if more > 0 else []


def _file(name: str) -> str:
    """A file name that is one printable line, and no workflow command at the start of one."""
    line = _line(name)
    return line if line[:1].isalnum() or line[:1] in {"/", "."} else f"./{line}"


def _line(text: str) -> str:
    return shown(text, 1000)


def _data(text: str) -> str:
    """Escaped as the runner unescapes the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escaped as the runner unescapes a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
