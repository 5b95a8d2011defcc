"""Problems as text for a terminal, as GitHub's workflow annotations, or as JSON. Pure; nothing in a file acts here."""

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from schemas.problem import Problem, shown

Format = Literal["text", "github", "json"]
_MOST_SHOWN = 200  # in formats that people read
_RED, _BOLD, _DIM, _PLAIN = "\033[31m", "\033[1m", "\033[2m", "\033[0m"


def as_text(problems: Sequence[Problem], files: int, *, colour: bool = False) -> str:
    """Two lines a problem, then one line that sums up."""
    red, bold, dim, plain = (_RED, _BOLD, _DIM, _PLAIN) if colour else ("", "", "", "")
    lines = []
    for problem in problems[:_MOST_SHOWN]:
        place = f"{_file(problem.file)}:{problem.line}:{problem.column}"
        lines.append(f"{bold}{place}{plain} {red}{problem.rule}{plain}: {_line(problem.message)}")
        lines.append(f"  {dim}fix:{plain} {_line(problem.fix)}")
    return "\n".join([*lines, *_rest(problems), _summary(problems, files)]) + "\n"


def as_github(problems: Sequence[Problem], files: int) -> str:
    """One workflow command a problem, and a line that sums up."""
    lines = [
        f"::error file={_property(_file(problem.file))},line={problem.line},col={problem.column},"
        f"title={_property(problem.rule)}::{_data(f'{problem.message}; fix: {problem.fix}')}"
        for problem in problems[:_MOST_SHOWN]
    ]
    return "\n".join([*lines, *_rest(problems), _summary(problems, files)]) + "\n"


def as_json(problems: Sequence[Problem], files: Iterable[str]) -> str:
    """One object: `schema_version` 1, `passed`, the `files` checked, and all `problems` with the fields of Problem."""
    report = {
        "schema_version": 1,
        "passed": not problems,
        "files": list(files),
        "problems": [vars(problem) for problem in problems],
    }
    return json.dumps(report, indent=1) + "\n"


def _summary(problems: Sequence[Problem], files: int) -> str:
    checked = f"{files} file{'s' * (files != 1)} checked"
    found = f"{len(problems)} problem{'s' * (len(problems) != 1)}" if problems else "no problems"
    return f"{checked}, {found}"


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
