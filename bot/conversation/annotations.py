"""Problems as annotations on the lines of a pull request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.problem import Problem, Severity, shown

Level = Literal["failure", "warning", "notice"]

MOST = 50  # GitHub takes no more in one request
_LONGEST_MESSAGE = 2000
_LONGEST_TITLE = 100
_LONGEST_PATH = 500
_LARGEST = 2**31 - 1
_LEVELS: Mapping[Severity, Level] = {"error": "failure", "warning": "warning", "note": "notice"}


@dataclass(frozen=True)
class Annotation:
    """A remark at a place of a file; `path` is relative to the repository's root. Plain text, no Markdown."""

    path: str
    line: int
    column: int
    level: Level
    title: str
    message: str


def annotations_for(problems: Iterable[Problem]) -> tuple[Annotation, ...]:
    """The first 50 problems that stand in the repository, errors first."""
    placed = [problem for problem in problems if _is_inside(problem.file)]
    placed.sort(key=lambda problem: list(_LEVELS).index(problem.severity))
    return tuple(_annotation(problem) for problem in placed[:MOST])


def _annotation(problem: Problem) -> Annotation:
    said = shown(problem.message, _LONGEST_MESSAGE)
    fix = f"\nfix: {shown(problem.fix, _LONGEST_MESSAGE)}" if problem.fix else ""
    return Annotation(
        problem.file,
        min(max(problem.line, 1), _LARGEST),
        min(max(problem.column, 1), _LARGEST),
        _LEVELS[problem.severity],
        shown(problem.rule, _LONGEST_TITLE),
        f"{said}{fix}",
    )


def _is_inside(path: str) -> bool:
    """Whether it is a path as GitHub takes it; one odd path would let it refuse the whole check run."""
    fits = 0 < len(path) <= _LONGEST_PATH and path.isprintable()
    return fits and not path.startswith("/") and ".." not in path.split("/")
