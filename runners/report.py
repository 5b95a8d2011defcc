"""Put the report together: strict JSON that validates, written in one atomic step."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runners.encoder import MeasuredEncoder
from runners.failures import Failure, error_record
from runners.output_folder import Subset, write_atomically
from runners.task_selection import SelectedTask
from schemas.errors import CommandError, ExitCode
from schemas.validate import violations


class CannotWriteReport(CommandError):
    """The report cannot be written, or breaks its own schema: never the submitter's turn."""

    exit_code = ExitCode.INFRASTRUCTURE


def task_record(
    selected: SelectedTask,
    outcome: dict[str, Any] | Failure | None,
    counts: Counter[tuple[str, Subset]],
    encoder: MeasuredEncoder,
    seconds: float,
) -> dict[str, Any]:
    """One entry of the report's `tasks`; `outcome` is a TaskResult or why there is none."""
    share = encoder.tally.truncated_share
    failed = isinstance(outcome, Failure)
    return {
        **not_run_record(selected, counts, encoder.batch_size),
        "status": "failed" if failed else "completed",
        "result": None if failed else outcome,
        "error": error_record(outcome) if isinstance(outcome, Failure) else None,
        "texts_encoded": encoder.tally.texts,
        "seconds": round(seconds, 3),
        "truncated_share": None if share is None else round(share, 6),
    }


def not_run_record(
    selected: SelectedTask, counts: Counter[tuple[str, Subset]], batch_size: int
) -> dict[str, Any]:
    """The entry of a task whose turn never came."""
    metadata = getattr(selected.task, "metadata", None)
    return {
        "name": selected.name,
        "type": metadata.type if metadata else "unknown",
        "custom": selected.custom,
        "main_metric": metadata.main_score if metadata else "unknown",
        "dataset": {
            "id": selected.dataset_id,
            "revision": str(metadata.revision) if metadata else "unknown",
        },
        "status": "not_run",
        "result": None,
        "error": None,
        "subsets": _subset_counts(selected.name, counts),
        "texts_encoded": 0,
        "seconds": 0.0,
        "batch_size": batch_size,
        "truncated_share": None,
    }


def exit_code(report: dict[str, Any]) -> ExitCode:
    """Our turn before the submitter's: a machine that failed must run again anyway."""
    if report["status"] == "interrupted":
        return ExitCode.INTERRUPTED
    kinds = {error["kind"] for error in errors_in(report)}
    if report["status"] == "completed":
        return ExitCode.OK
    return ExitCode.SUBMISSION if kinds == {"submission"} else ExitCode.INFRASTRUCTURE


def errors_in(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Errors of the run, of its tasks, and of its trainings."""
    trainings = report.get("finetuning", {}).get("runs", [])
    found = [report["error"], *(one["error"] for one in [*report["tasks"], *trainings])]
    return [error for error in found if error]


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write `report` to `path` as strict JSON.

    Raises:
        CannotWriteReport: it breaks the report schema; the offending report is kept beside it.
    """
    text = json.dumps(report, indent=1, allow_nan=False, ensure_ascii=False)
    broken = violations(json.loads(text), "report")
    if broken:
        rejected = path.with_name("report.rejected.json")
        write_atomically(rejected, text)
        raise CannotWriteReport(
            f"the report breaks its schema ({'; '.join(broken)}); kept as {rejected}",
            "please report this with the file; the results themselves are kept",
        )
    try:
        write_atomically(path, text)
    except OSError as error:
        raise CannotWriteReport(
            f"{path}: {error.strerror}", "free the disk and run the same command again"
        ) from error


def _subset_counts(task: str, counts: Counter[tuple[str, Subset]]) -> list[dict[str, Any]]:
    subsets = sorted({key[1:] for _, key in counts if key[0] == task})
    return [
        {
            "split": split,
            "subset": subset,
            "started": counts["started", (task, split, subset)],
            "finished": counts["finished", (task, split, subset)],
        }
        for split, subset in subsets
    ]
