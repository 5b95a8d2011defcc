"""One task of a submission beside what the results repository holds of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.results_repository.candidate import Candidate, TaskFile
from bot.results_repository.layout import LARGEST_FILE
from bot.results_repository.merge import Difference, Place, difference, merged, scores_of
from bot.results_repository.run_settings import Scope, Settings
from schemas.mteb_index import IndexedTask
from schemas.strict_json import parse_strict_json
from schemas.validate import violations


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
        """The repository's result, if it is strict JSON in today's shape."""
        try:
            data = parse_strict_json(self.there or b"")
        except ValueError:
            return None
        valid = isinstance(data, dict) and not violations(data, "task-result", most=1)
        return data if valid else None

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
        content = b"" if on_one_line else _written(self.result, indent=2)
        return content if 0 < len(content) <= LARGEST_FILE else _written(self.result, indent=None)


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


def _written(data: Mapping[str, Any], indent: int | None) -> bytes:
    separators = None if indent else (",", ":")
    return json.dumps(data, indent=indent, separators=separators, allow_nan=False).encode()
