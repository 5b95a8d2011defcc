"""The report of an evaluation in a sandbox, told from outside: from what it left, which is believed no further than it agrees with the plan."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runners.failures import Failure, error_record
from runners.output_folder import PROGRESS
from runners.planned import PlannedRun
from runners.provenance import software, unknown_hardware
from schemas.problem import shown
from schemas.strict_json import parse_strict_json
from schemas.validate import violations

_MOST_BYTES = 256 * 2**20
_UNKNOWN = "unknown"


def report_left(output: Path, run: PlannedRun) -> dict[str, Any] | None:
    """The report that the inside finished, or None: there is none, or it is not about this run."""
    report = _json(output / "report.json")
    return report if report is not None and not disagreement(report, run) else None


def report_so_far(
    output: Path, run: PlannedRun, failure: Failure | None, *, interrupted: bool
) -> dict[str, Any]:
    """The report of a run that was stopped: finished tasks keep their results, the running one is told why."""
    note = _json(output / PROGRESS)
    report = note.get("report") if isinstance(note, dict) else None
    if not isinstance(report, dict) or disagreement(report, run):
        return unmeasured(run, failure, interrupted=interrupted)
    running = None if interrupted else note.get("running")
    tasks = [
        _stopped(task, failure) if task["name"] == running else task for task in report["tasks"]
    ]
    told = failure is not None and any(task["name"] == running for task in report["tasks"])
    return {
        **report,
        "status": "interrupted" if interrupted else "failed",
        "error": None if told or failure is None else error_record(failure),
        "tasks": tasks,
        "finished_at": _now(),
    }


def disagreement(report: Any, run: PlannedRun) -> str | None:
    """What in a report is not about this run, or breaks the schema; None when it may be believed."""
    broken = violations(report, "report", most=1)
    if broken:
        return broken[0]
    plan, model, provenance = run.plan, report["model"], report["provenance"]
    planned: Any = (plan.model, plan.revision, plan.smoke, plan.config_sha256, plan.head_sha)
    tuned = report.get("finetuning")
    revision = tuned["base_revision"] if tuned else model["revision"]
    claimed = (model["name"], revision, report["smoke"])
    if (*claimed, provenance["config_sha256"], provenance["head_sha"]) != planned:
        return "it is about another model, revision, config or commit"
    names = [task["name"] for task in report["tasks"]]
    if len(set(names)) < len(names) or not set(names) <= set(run.shard.tasks):
        return "its tasks are not those of the plan"
    if report["status"] == "completed" and len(names) < len(run.shard.tasks):
        return "it lacks tasks of the plan"
    return None


def unmeasured(run: PlannedRun, failure: Failure | None, *, interrupted: bool) -> dict[str, Any]:
    """The report of a run that never came to its tasks."""
    now = _now()
    return {
        "schema_version": 1,
        "status": "interrupted" if interrupted else "failed",
        "smoke": run.plan.smoke,
        "model": {
            "name": run.config.model,
            "revision": run.config.revision,
            "license": run.config.license,
            "languages": list(run.config.languages),
        },
        "error": None if failure is None else error_record(failure),
        "tasks": [_waiting(name) for name in run.shard.tasks],
        "provenance": _provenance(run),
        "started_at": now,
        "finished_at": now,
    }


def _json(path: Path) -> Any:
    """What the file holds; None when it is missing, too large, or no strict JSON."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        return parse_strict_json(content) if len(content) <= _MOST_BYTES else None
    except (OSError, ValueError):
        return None


def _stopped(task: Mapping[str, Any], failure: Failure | None) -> dict[str, Any]:
    if failure is None:
        return dict(task)
    return {**task, "status": "failed", "result": None, "error": error_record(failure)}


def _waiting(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": _UNKNOWN,
        "custom": False,
        "main_metric": _UNKNOWN,
        "dataset": {"id": None, "revision": _UNKNOWN},
        "status": "not_run",
        "result": None,
        "error": None,
        "subsets": [],
        "texts_encoded": 0,
        "seconds": 0.0,
        "batch_size": 1,
        "truncated_share": None,
    }


def _provenance(run: PlannedRun) -> dict[str, Any]:
    load = run.config.load
    return {
        "config_sha256": run.config.sha256,
        "head_sha": run.plan.head_sha,
        "model_source": "hub",
        "weights": [],
        "loader": load.with_,
        "pooling": load.pooling,
        "normalize": load.normalize,
        "prompts": dict(load.prompts),
        "max_length": load.max_length,
        "dtype": load.dtype,
        "attention": None,
        "batch_size": 1,
        "truncated_share": None,
        "seeds": {},
        **software(),
        "hardware": unknown_hardware(),
        "seconds": 0.0,
        "energy_kwh": None,
        "runs": 1,
        "command": shown(f"mteb-runner evaluate {run.plan.config} --output DIR", 4000),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
