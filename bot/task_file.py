"""Read one task result of mteb, written by whichever version and whomever: bounded, checked, never trusted."""

import json
import math
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.model_results import Note
from bot.scores import TaskScores, read_subset_scores
from schemas.validate import violations

MAX_BYTES = 64 * 1024 * 1024
_LONGEST_INTEGER = 30  # digits; Python refuses or takes forever from a few thousand on


@dataclass(frozen=True)
class TaskFacts:
    """What a task result does not say about its task."""

    type: str
    main_metric: str
    dataset_id: str | None


FactsOf = Callable[[str], TaskFacts | None]
UNKNOWN_TASK = TaskFacts("Unknown", "", None)


class UnusableFileError(Exception):
    """A file that cannot be used; the message says why, in our own words."""


def read_task_file(path: Path, facts_of: FactsOf) -> tuple[TaskScores | None, tuple[Note, ...]]:
    """The scores in `path`, if it can be used, and what is to be said about it."""
    try:
        data = _checked(read_json(path), path.stem)
        defined, undefined = _without_undefined(data)
        scores, impossible = _task_scores(defined, facts_of(path.stem) or UNKNOWN_TASK)
    except UnusableFileError as error:
        return None, (Note(_shown(path), str(error)),)
    notes = tuple(
        Note(f"{_shown(path)}: {name}", "has no defined main score (NaN or null); left out")
        for name in undefined
    ) + tuple(
        Note(f"{_shown(path)}: {name}", "has a main score that no metric reaches; left out")
        for name in impossible
    )
    return (scores if scores.subsets else None), notes


def read_json(path: Path) -> Any:
    """Parse a JSON file of mteb's; what is not a finite number (NaN, Infinity, 1e999) becomes None.

    Raises:
        UnusableFileError: a link or no plain file, larger than MAX_BYTES, or not JSON.
    """
    return parse_json(_content(path))


def parse_json(content: bytes) -> Any:
    """What is in a JSON file of mteb's, with None for what is not a finite number.

    Raises:
        UnusableFileError: it is not JSON.
    """
    try:
        return json.loads(content, parse_constant=_none, parse_float=_finite, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise UnusableFileError("is not JSON; skipped") from error


def _content(path: Path) -> bytes:
    try:
        # No link is followed and no pipe waited for: the folder may come from anyone.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise UnusableFileError("is a link or cannot be opened; skipped") from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnusableFileError("is not a plain file; skipped")
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnusableFileError(f"is larger than {MAX_BYTES // 2**20} MiB; skipped")
    return content


def _checked(data: Any, task: str) -> Mapping[str, Any]:
    """Task result data of `task`, with main scores possibly None."""
    if isinstance(data, dict) and "mteb_dataset_name" in data and "scores" not in data:
        raise UnusableFileError(
            "has no `scores`: the shape mteb wrote before version 1.11; skipped, "
            "load it with a current mteb and save it again"
        )
    if not isinstance(data, dict) or "scores" not in data:
        raise UnusableFileError("is not a task result; skipped")
    if data.get("task_name") != task:
        raise UnusableFileError("holds the result of another task than its name says; skipped")
    return data


def _without_undefined(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """The same result without the subsets whose main score is None, and their `split/subset` names."""
    scores, undefined = {}, []
    if not isinstance(data["scores"], dict):
        raise UnusableFileError("is not in the shape of a task result; skipped")
    for split, entries in data["scores"].items():
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise UnusableFileError("is not in the shape of a task result; skipped")
        scores[split] = [entry for entry in entries if entry.get("main_score", 0) is not None]
        undefined += [
            f"{split}/{entry.get('hf_subset', 'default')}"
            for entry in entries
            if entry.get("main_score", 0) is None
        ]
    return {**data, "scores": scores}, undefined


def _task_scores(data: Mapping[str, Any], facts: TaskFacts) -> tuple[TaskScores, tuple[str, ...]]:
    if violations(data, "task-result", most=1):
        raise UnusableFileError("is not in the shape of a task result; skipped")
    return scores_in(data, facts)


def scores_in(data: Mapping[str, Any], facts: TaskFacts) -> tuple[TaskScores, tuple[str, ...]]:
    """The scores of a result that has passed its schema, and `split/subset` names of those out of all bounds."""
    subsets, impossible = read_subset_scores(data, facts.main_metric)
    scores = TaskScores(
        task=data["task_name"],
        task_type=facts.type,
        main_metric=facts.main_metric,
        dataset_id=facts.dataset_id,
        dataset_revision=data["dataset_revision"],
        subsets=subsets,
        result=data,
    )
    return scores, impossible


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _none(_: str) -> None:
    return None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else None
