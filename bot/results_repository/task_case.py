"""One task of a submission beside what the results repository holds of it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.results_repository.candidate import Candidate, TaskFile
from bot.results_repository.layout import LARGEST_FILE
from bot.results_repository.merge import Difference, Place, difference, merged, scores_of
from bot.results_repository.run_settings import Scope, Settings
from schemas.mteb_index import IndexedTask
from schemas.validate import violations

_LONGEST_INTEGER = 30  # digits; Python takes forever from a few thousand on


@dataclass(frozen=True)
class TaskCase:
    """Facts about one task. `there` is the repository's file, None where it has none.

    `elsewhere` names the other revisions of the model that have the task too. Properties after
    `theirs` may only be asked once the rules before them hold.
    """

    file: TaskFile
    known: IndexedTask | None
    settings: Mapping[Scope, Settings]
    there: bytes | None = None
    elsewhere: tuple[str, ...] = ()

    @property
    def task(self) -> str:
        """The task, as the file is called."""
        return self.file.task

    @cached_property
    def schema_violation(self) -> str:
        """What breaks the schema of a task result; empty where nothing does."""
        return next(iter(violations(self.file.data, "task-result", most=1)), "")

    @cached_property
    def theirs(self) -> Mapping[str, Any] | None:
        """The repository's result, if it is in today's shape; its entries keep what is NaN in them."""
        try:
            data = json.loads(self.there or b"", parse_int=_bounded)
        except (ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or violations(data, "task-result", most=1):
            return None
        return data if all(map(math.isfinite, scores_of(data).values())) else None

    @cached_property
    def difference(self) -> Difference:
        """What ours has that theirs lacks."""
        if self.theirs is None:
            return Difference(tuple(scores_of(self.file.data)), ())
        return difference(self.theirs, self.file.data)

    @property
    def lacking(self) -> tuple[Place, ...]:
        """The scores that the repository lacks."""
        return self.difference.missing

    @cached_property
    def result(self) -> Mapping[str, Any]:
        """The result as it should stand in the repository."""
        ours: Mapping[str, Any] = self.file.data
        return ours if self.theirs is None else merged(self.theirs, ours)

    @cached_property
    def content(self) -> bytes:
        """The file as it should be: as mteb writes it, on one line where that would be too large or theirs is."""
        on_one_line = self.there is not None and not self.there.startswith(b"{\n")
        content = b"" if on_one_line else written(self.result, indent=2)
        return content if 0 < len(content) <= LARGEST_FILE else written(self.result, indent=None)


def cases_of(
    candidate: Candidate,
    known: Mapping[str, IndexedTask | None],
    there: Mapping[str, bytes],
    elsewhere: Mapping[str, tuple[str, ...]],
) -> list[TaskCase]:
    """Every task of a candidate, with what the repository holds by task."""
    return [
        TaskCase(
            file,
            known.get(file.task),
            candidate.settings,
            there.get(file.task),
            elsewhere.get(file.task, ()),
        )
        for file in candidate.files
    ]


def written(data: Mapping[str, Any], indent: int | None) -> bytes:
    """A result as JSON; what is not finite stays so."""
    separators = None if indent else (",", ":")
    return json.dumps(data, indent=indent, separators=separators).encode()


def _bounded(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("an integer has too many digits")
    return int(digits)
