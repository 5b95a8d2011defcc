"""A finished run of a config that asked for training, with its artifacts in memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collect_made import FIRST, LIMITS, MadeRun, plan, zipped
from conversation_made import CONFIG
from finetuned_made import (
    BASE_REVISION,
    config_content,
    contamination,
    draws,
    task_score,
    training,
    tuned_data,
)
from tuned_weights_made import weights_digest_of, weights_of

from bot.artifacts.gathering import Gathered, gather_run
from schemas.plan import Plan, PlannedTask, Shard

PUBLISHED = {"publish": {"to": "new-repository"}}


def tuned_plan(finetune: Mapping[str, Any] | None = None, **changes: Any) -> Plan:
    """One shard: training is one machine's work."""
    return plan(
        config_content(finetune),
        **{
            "revision": BASE_REVISION,
            "tasks": (PlannedTask(FIRST, 1, 10.0, 1),),
            "shards": (Shard(1, (FIRST,), 10.0),),
            "limits": LIMITS,
            "trains": 1,
            **changes,
        },
    )


def run_of(score: float = 0.88, **more: Any) -> dict[str, Any]:
    """A training measured on the plan's task."""
    return training(score=score, tasks=[task_score(FIRST, score, draws(score))], **more)


def shard(of: Plan, *runs: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What the machine reports."""
    told = {"config_sha256": of.config_sha256, "head_sha": of.head_sha}
    tuned = {
        "raw": [task_score(FIRST, 0.7446, draws(0.7446))],
        "contamination": {**contamination(0), "checked": [FIRST]},
        **more.pop("told", {}),
    }
    told |= more.pop("provenance", {})
    return tuned_data(*(runs or (run_of(),)), told=tuned, provenance=told, **more)


def left(report: Mapping[str, Any], folder: str | None = None, **more: Any) -> bytes:
    """A runner's output folder, as far as it is uploaded."""
    revision = report["model"]["revision"]
    folder = folder or f"results/org__name/{revision}"
    files = {"report.json": json.dumps(report).encode()}
    for task in report["tasks"]:
        if task["result"]:
            files[f"{folder}/{task['name']}.json"] = json.dumps(task["result"]).encode()
            meta = {"name": "org/name", "revision": revision, **more}
            files[f"{folder}/model_meta.json"] = json.dumps(meta).encode()
    return zipped(files)


@dataclass
class TunedRun(MadeRun):
    """A finished run of a config that asks for training; `finetune` is what the config says besides."""

    finetune: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        path = self.root / CONFIG
        path.parent.mkdir(parents=True)
        path.write_bytes(config_content(self.finetune))
        self.leave_plan(self.plan)

    def leave_model(self, files: Mapping[str, bytes]) -> None:
        """Model and report, as the machine uploads them."""
        told = {"weights": weights_of(files)}
        run = run_of(weights_sha256=weights_digest_of(files))
        self.artifacts["results-1"] = left(shard(self.plan, run, provenance=told))
        self.artifacts["model-1"] = zipped(files)

    def collect_with_model(self) -> Gathered:
        """What the bot makes of it, the model included."""
        return gather_run(self.run, self, self.root, models=self)


def published_run(root: Path, files: Mapping[str, bytes]) -> TunedRun:
    """A run whose config wants its model published."""
    made = TunedRun(root, tuned_plan(PUBLISHED), finetune=PUBLISHED)
    made.leave_model(files)
    return made
