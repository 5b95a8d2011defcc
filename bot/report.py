"""Read a runner's report.json: bounded, strict JSON, checked against its schema, then frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.failure import Failure, failure_from
from bot.finetuned.data import Finetuned, finetuned_from
from bot.report_consistency import contradictions
from bot.scores import TaskScores, read_subset_scores
from schemas.errors import CommandError, ExitCode
from schemas.strict_json import parse_strict_json
from schemas.validate import violations

MAX_BYTES = 64 * 1024 * 1024


class CannotReadReport(CommandError):
    """A report is missing, too large, not strict JSON, or breaks its schema."""

    exit_code = ExitCode.INFRASTRUCTURE


@dataclass(frozen=True)
class Outcome:
    """What became of one task: scores, or a failure, or neither (not run)."""

    task: str
    task_type: str
    main_metric: str
    custom: bool
    dataset_id: str | None
    dataset_revision: str
    scores: TaskScores | None
    failure: Failure | None
    seconds: float
    texts_encoded: int


@dataclass(frozen=True)
class Report:
    """A validated report. `provenance` is the schema's mapping, unchanged; `finetuned` where it was trained first."""

    status: str
    smoke: bool
    model: str
    revision: str
    license: str
    languages: tuple[str, ...]
    failure: Failure | None
    outcomes: tuple[Outcome, ...]
    provenance: Mapping[str, Any]
    finished_at: str
    finetuned: Finetuned | None = None


def read_report(path: Path) -> Report:
    """Read and validate the report at `path`.

    Raises:
        CannotReadReport: it is not there, not strict JSON, too large, breaks the schema, or
            contradicts itself.
    """
    fix = "run `mteb-runner evaluate` again; it goes on where it stopped and writes the report anew"
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CannotReadReport(f"{path}: {error.strerror}", fix) from error
    if len(content) > MAX_BYTES:
        raise CannotReadReport(f"{path}: larger than {MAX_BYTES // 2**20} MiB", fix)
    try:
        data = parse_strict_json(content)
    except ValueError as error:
        raise CannotReadReport(f"{path}: not strict JSON: {error}", fix) from error
    if broken := violations(data, "report"):
        raise CannotReadReport(f"{path}: breaks the report schema: " + "; ".join(broken), fix)
    if against := contradictions(data):
        raise CannotReadReport(f"{path}: contradicts itself: " + "; ".join(against[:20]), fix)
    return report_from(data)


def report_from(data: Mapping[str, Any]) -> Report:
    """Freeze report data that has passed the schema."""
    model = data["model"]
    return Report(
        status=data["status"],
        smoke=data["smoke"],
        model=model["name"],
        revision=model["revision"],
        license=model["license"],
        languages=tuple(model["languages"]),
        failure=failure_from(data["error"]),
        outcomes=tuple(_outcome(task) for task in data["tasks"]),
        provenance=data["provenance"],
        finished_at=data["finished_at"],
        finetuned=finetuned_from(data.get("finetuning")),
    )


def _outcome(task: Mapping[str, Any]) -> Outcome:
    dataset = task["dataset"]
    return Outcome(
        task=task["name"],
        task_type=task["type"],
        main_metric=task["main_metric"],
        custom=task["custom"],
        dataset_id=dataset["id"],
        dataset_revision=dataset["revision"],
        scores=None if task["result"] is None else _task_scores(task),
        failure=failure_from(task["error"]),
        seconds=task["seconds"],
        texts_encoded=task["texts_encoded"],
    )


def _task_scores(task: Mapping[str, Any]) -> TaskScores:
    result = task["result"]
    subsets, _ = read_subset_scores(result, task["main_metric"])
    return TaskScores(
        task=task["name"],
        task_type=task["type"],
        main_metric=task["main_metric"],
        dataset_id=task["dataset"]["id"],
        dataset_revision=task["dataset"]["revision"],
        subsets=subsets,
        result=result,
    )
