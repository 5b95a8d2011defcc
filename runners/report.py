"""Put the report together: strict JSON that validates, written in one atomic step."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from runners.encoder import MeasuredEncoder
from runners.failures import Failure, error_record
from runners.output_folder import Subset, write_atomically
from runners.task_selection import SelectedTask
from schemas.errors import CommandError, ExitCode
from schemas.validate import violations


class CannotWriteReport(CommandError):
    """The report breaks its own schema: a bug here, never the submitter's turn."""

    exit_code = ExitCode.INFRASTRUCTURE


def task_record(
    selected: SelectedTask,
    result: dict[str, Any] | None,
    failure: Failure | None,
    counts: Counter[tuple[str, Subset]],
    encoder: MeasuredEncoder,
    seconds: float,
) -> dict[str, Any]:
    """One entry of the report's `tasks`."""
    metadata = getattr(selected.task, "metadata", None)
    status = "completed" if result is not None else "failed" if failure else "not_run"
    share = encoder.tally.truncated_share
    return {
        "name": selected.name,
        "type": metadata.type if metadata else "unknown",
        "custom": selected.custom,
        "main_metric": metadata.main_score if metadata else "unknown",
        "dataset": {
            "id": selected.dataset_id,
            "revision": str(metadata.revision) if metadata else "unknown",
        },
        "status": status,
        "result": result,
        "error": None if failure is None else error_record(failure),
        "subsets": _subset_counts(selected.name, counts),
        "texts_encoded": encoder.tally.texts,
        "seconds": round(seconds, 3),
        "batch_size": encoder.batch_size,
        "truncated_share": None if share is None else round(share, 6),
    }


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
            "please report this with the file",
        )
    write_atomically(path, text)


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
