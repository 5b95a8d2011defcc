"""The report of a training: that of the chosen model's evaluation, with everything that was trained beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runners.failures import Failure, error_record
from runners.finetuning.choice import Choice
from runners.finetuning.contamination import Contamination
from runners.finetuning.prepared import Prepared
from runners.finetuning.trainings import Outcome
from schemas.submission import ModelConfig


def tuned_report(
    report: dict[str, Any], finetuning: dict[str, Any], command: str
) -> dict[str, Any]:
    """The chosen model's report, or one without scores, as that of the whole run: failed where a training failed."""
    failed = any(run["error"] for run in finetuning["runs"])
    return report | {
        "status": "failed" if failed and report["status"] == "completed" else report["status"],
        "provenance": report["provenance"] | {"command": command},
        "finetuning": finetuning,
    }


@dataclass(frozen=True)
class Achieved:
    """How far a run came: `prepared` and `choice` are None where it did not come so far.

    `raw` are the base model's scores, and `refused` is what was found in data that are not trained on for that reason.
    """

    prepared: Prepared | None
    refused: Contamination | None
    raw: Sequence[dict[str, Any]]
    outcomes: Sequence[Outcome]
    choice: Choice | None


def finetuning_record(
    config: ModelConfig, achieved: Achieved, *, allow_contamination: bool
) -> dict[str, Any]:
    """The report's `finetuning`."""
    prepared, choice = achieved.prepared, achieved.choice
    found = prepared.contamination if prepared else achieved.refused
    return {
        "base_model": config.weights,
        "base_revision": config.revision,
        "data": prepared.records() if prepared else [],
        "held_out": prepared.held_out_rows if prepared else 0,
        "contamination": {
            "rows": found.rows if found else 0,
            "allowed": allow_contamination,
            "left_out": prepared.left_out if prepared else 0,
            "checked": list(found.checked) if found else [],
            "examples": list(found.examples) if found else [],
        },
        "raw": list(achieved.raw),
        "runs": [one.record() for one in achieved.outcomes],
        "chosen": choice and choice.record(),
    }


def no_training_ended(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """The error of a run without a tuned model: that of the first training that failed."""
    failures = (one.failure for one in outcomes if one.failure)
    return error_record(next(failures, Failure("infrastructure", "no training ended")))
