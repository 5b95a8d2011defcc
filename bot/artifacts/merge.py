"""The shards' reports as one report, the same bytes whenever and in whatever order they are read: pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.artifacts.missing import Ended, Missing, interrupted, unmeasured, unmeasured_provenance
from bot.artifacts.shard import ShardReport
from bot.finetuned.data import training_errors
from schemas.mteb_index import MtebIndex
from schemas.plan import Plan
from schemas.submission import ModelConfig

_LONGEST_COMMAND = 4000
_OF_A_SHARD = ("hardware", "packages", "python", "platform", "dtype", "attention", "seconds")


@dataclass(frozen=True)
class Merging:
    """What goes into one report: the shards that left one, why others did not, and how the run ended."""

    plan: Plan
    config: ModelConfig
    index: MtebIndex
    shards: Sequence[ShardReport]
    missing: Mapping[int, Missing]
    ended: Ended

    @property
    def ordered(self) -> list[ShardReport]:
        """The shards by number."""
        return sorted(self.shards, key=lambda shard: shard.number)


def merged_report(merging: Merging) -> dict[str, Any]:
    """One report of all shards, its tasks in the plan's order."""
    error = _common_error(merging)
    tasks = _tasks(merging, error)
    model, training = _trained(merging)
    failed = error or training_errors(training)
    complete = not failed and all(task["status"] == "completed" for task in tasks)
    begun = [shard.report["started_at"] for shard in merging.shards]
    ended = [shard.report["finished_at"] for shard in merging.shards]
    return {
        "schema_version": 1,
        "status": "completed" if complete else _unfinished(merging),
        "smoke": merging.plan.smoke,
        "model": model,
        "error": error,
        "tasks": tasks,
        "provenance": _provenance(merging),
        **training,
        "started_at": min(begun, default=merging.ended.started_at),
        "finished_at": max(ended, default=merging.ended.ended_at),
    }


def empty_report(
    config: ModelConfig, head_sha: str | None, why: Missing, ended: Ended
) -> dict[str, Any]:
    """The report of a run of which not even the plan can be used."""
    return {
        "schema_version": 1,
        "status": "failed",
        "smoke": False,
        "model": model_record(config),
        "error": why.error,
        "tasks": [],
        "provenance": unmeasured_provenance(config, head_sha),
        "started_at": ended.started_at,
        "finished_at": ended.ended_at,
    }


def written(report: Mapping[str, Any]) -> bytes:
    """The file, as a runner writes it."""
    return json.dumps(report, indent=1, allow_nan=False, ensure_ascii=False).encode()


def model_record(config: ModelConfig) -> dict[str, Any]:
    """The model, as a report names it."""
    return {
        "name": config.model,
        "revision": config.revision,
        "license": config.license,
        "languages": list(config.languages),
    }


def _trained(merging: Merging) -> tuple[dict[str, Any], dict[str, Any]]:
    """The model, and what is told of its training; that is one machine's work alone."""
    told = [shard.report for shard in merging.shards if "finetuning" in shard.report]
    if not told:
        return model_record(merging.config), {}
    return told[0]["model"], {"finetuning": told[0]["finetuning"]}


def _common_error(merging: Merging) -> dict[str, Any] | None:
    """Why nothing could be measured at all: no shard came as far as a task."""
    errors = [shard.report["error"] for shard in merging.ordered]
    if merging.missing or not all(errors):
        return None
    first: dict[str, Any] | None = errors[0]
    return first


def _unfinished(merging: Merging) -> str:
    return "interrupted" if merging.ended.cancelled else "failed"


def _tasks(merging: Merging, error: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    records = {
        task["name"]: task | _why_not_run(task, _stopped(shard, merging.ended), error)
        for shard in merging.ordered
        for task in shard.report["tasks"]
    }
    reports = {shard.number: shard.report for shard in merging.shards}
    batch_size = max((r["provenance"]["batch_size"] for r in reports.values()), default=1)
    for planned in merging.plan.tasks:
        if planned.name not in records:
            left = merging.missing.get(planned.shard)
            why = left.error if left else reports[planned.shard]["error"]
            why = None if error else why
            records[planned.name] = unmeasured(planned.name, merging.index, why, batch_size)
    return [records[planned.name] for planned in merging.plan.tasks]


def _stopped(shard: ShardReport, ended: Ended) -> dict[str, Any] | None:
    """What stopped a whole shard, as far as it was not stopped on purpose."""
    found: dict[str, Any] | None = shard.report["error"]
    if found or ended.cancelled or shard.report["status"] != "interrupted":
        return found
    return interrupted(shard.number, ended).error


def _why_not_run(
    task: Mapping[str, Any], stopped: dict[str, Any] | None, error: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What stopped a whole shard stands at each of its tasks, unless it stopped all shards."""
    if error or not stopped or task["status"] != "not_run":
        return {}
    return {"status": "failed", "error": stopped}


def _provenance(merging: Merging) -> dict[str, Any]:
    shards = merging.ordered
    if not shards:
        return unmeasured_provenance(merging.config, merging.plan.head_sha)
    each = [shard.report["provenance"] for shard in shards]
    first = next((one for one in each if one["weights"]), each[0])
    if len(merging.plan.shards) == 1:
        return dict(first)
    energy = [one["energy_kwh"] for one in each]
    seeds = {task: seed for one in each for task, seed in one["seeds"].items()}
    order = [task.name for task in merging.plan.tasks if task.name in seeds]
    return {
        **first,
        "seeds": {task: seeds[task] for task in [*order, *sorted(seeds.keys() - set(order))]},
        "truncated_share": _truncated_share(shards),
        "seconds": round(sum(one["seconds"] for one in each), 3),
        "energy_kwh": None if None in energy else sum(energy),
        "runs": max(one["runs"] for one in each),
        "command": _command(shards[0], len(merging.plan.shards)),
        "shards": [
            {
                "number": shard.number,
                **{key: shard.report["provenance"][key] for key in _OF_A_SHARD},
            }
            for shard in shards
        ],
    }


def _truncated_share(shards: Sequence[ShardReport]) -> float | None:
    """The shards' shares, each by how many texts it encoded; None where one is unknown."""
    texts = [sum(task["texts_encoded"] for task in shard.report["tasks"]) for shard in shards]
    shares = [shard.report["provenance"]["truncated_share"] for shard in shards]
    if None in shares or not sum(texts):
        return None
    weighted: float = sum(share * count for share, count in zip(shares, texts, strict=True))
    share: float = min(weighted / sum(texts), 1)
    return round(share, 6)


def _command(first: ShardReport, shards: int) -> str:
    command: str = first.report["provenance"]["command"]
    note = f" # shard {first.number} of {shards}, the others alike"
    return command[: _LONGEST_COMMAND - len(note)] + note
