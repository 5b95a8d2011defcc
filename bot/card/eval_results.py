"""Scores as the Hub's `.eval_results/*.yaml`, which put them on the data sets' leaderboards."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from bot.card.file_names import file_name
from bot.card.model_index import published_value
from bot.scores import TaskScores
from schemas.problem import shown

FOLDER = ".eval_results"


@dataclass(frozen=True)
class Source:
    """Where a reader can check a result: a link, and what to call it."""

    url: str
    name: str = ""


def eval_result_files(
    scores: Iterable[TaskScores], *, finished_at: str, source: Source | None = None, mark: str = ""
) -> dict[str, str]:
    """Path in the model repository → YAML text, one file a task; tasks without a Hub data set have none.

    The Hub validates a file as a whole and drops it whole (a data set may not be a registered benchmark),
    so a file of its own for each task keeps the others; and `<Task>.yaml` is what mteb writes, so a later
    push by mteb updates our result instead of adding a second. The task's id is mteb's,
    `<Task>_<subset>_<split>`; values are 0 to 100. `finished_at` dates results that carry no date; `mark` stands in
    every entry's notes.
    """
    return {
        f"{FOLDER}/{file_name(task.task)}.yaml": _text(_entries(task, finished_at, source, mark))
        for task in scores
        if task.dataset_id is not None
    }


def _entries(
    task: TaskScores, finished_at: str, source: Source | None, mark: str
) -> Iterator[EvalResultEntry]:
    version = task.result.get("mteb_version")
    told = [f"Obtained with mteb {_shown(version)}" if version else "", mark]
    for score in task.subsets:
        yield EvalResultEntry(
            dataset_id=_shown(task.dataset_id or ""),
            task_id=_shown(f"{task.task}_{score.subset}_{score.split}"),
            value=published_value(score.main_score),
            dataset_revision=_shown(task.dataset_revision) or None,
            date=_date(task.result, finished_at),
            source_url=source.url if source else None,
            source_name=(source.name or None) if source else None,
            notes="; ".join(filter(None, told)) or None,
        )


def _date(result: Mapping[str, Any], finished_at: str) -> str | None:
    """When the task ended; the run's end if the result does not say; None if neither can be read."""
    try:
        if isinstance(seconds := result.get("date"), int | float):
            moment = datetime.fromtimestamp(seconds, UTC)
        else:
            moment = datetime.fromisoformat(finished_at)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _shown(value: str) -> str:
    return shown(value, 500)


def _text(entries: Iterable[EvalResultEntry]) -> str:
    return str(
        yaml.safe_dump(
            eval_result_entries_to_yaml(list(entries)),
            sort_keys=False,
            allow_unicode=True,
            width=10**9,
        )
    )
