"""A run's artifacts, made up: a plan of two shards, and zips as the upload action writes them."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from conversation_made import BOARD, CONFIG, REVISION, config
from made import outcome, provenance, report_data

from bot.artifacts.gathering import Gathered, gather_run
from bot.artifacts.identity import RunFacts
from schemas.plan import Plan, PlanLimits, PlannedTask, Shard, request_digest

PULL, SHA, RUN = 7, "5" * 40, 4242
FOLDER = f"results/org__name/{REVISION}"
FIRST, SECOND = "STSBenchmark", "STS12"
LIMITS = PlanLimits(43_200.0, 64.0, 100.0, 4096)


def plan(content: bytes | None = None, **changes: Any) -> Plan:
    """A plan of a config's two tasks, one a shard."""
    content = config() if content is None else content
    tasks = (PlannedTask(FIRST, 1, 10.0, 1), PlannedTask(SECOND, 1, 20.0, 2))
    data = {
        "pull": PULL, "head_sha": SHA, "config": CONFIG,
        "config_sha256": sha256(content).hexdigest(), "model": "org/name", "revision": REVISION,
        "smoke": False, "custom_code": False, "request": "", "tasks": tasks,
        "shards": (Shard(1, (FIRST,), 10.0), Shard(2, (SECOND,), 20.0)), "seconds": 30.0,
        "limits": LIMITS,
    }  # fmt: skip
    return Plan(**{**data, **changes})


def shard_report(of: Plan, *tasks: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What a machine reports of its tasks."""
    told = provenance(config_sha256=of.config_sha256, head_sha=of.head_sha)
    data = report_data(*tasks, **{"provenance": told, "smoke": of.smoke, **more})
    data["model"]["revision"] = of.revision
    return data


def measured(of: Plan, number: int, score: float = 0.8, **more: Any) -> dict[str, Any]:
    """The report of a shard whose every task has this score."""
    shard = of.shard(number)
    assert shard
    tasks = [outcome(name, score, task_type="STS") for name in shard.tasks]
    return shard_report(of, *tasks, **more)


def meta(**more: Any) -> bytes:
    """model_meta.json as mteb writes it, which may hold what is no number."""
    data = {"name": "org/name", "revision": REVISION, "n_parameters": float("nan"), **more}
    return json.dumps(data).encode()


def files(report: Mapping[str, Any]) -> dict[str, bytes]:
    """A runner's output folder, as far as it is uploaded."""
    done = {task["name"]: task["result"] for task in report["tasks"] if task["result"]}
    found = {"report.json": json.dumps(report, indent=1).encode()}
    if done and not report["smoke"]:
        found |= {
            f"{FOLDER}/{name}.json": json.dumps(result).encode() for name, result in done.items()
        }
        found[f"{FOLDER}/model_meta.json"] = meta()
    return found


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """An archive with sizes after the data, as a stream of entries is packed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(_OneWay(stream), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=1)
    return stream.getvalue()


class _OneWay(io.RawIOBase):
    """A file that cannot go back."""

    def __init__(self, stream: io.BytesIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: Any) -> int:
        return self._stream.write(data)


@dataclass
class MadeRun:
    """A finished run with its artifacts in memory."""

    root: Path
    plan: Plan = field(default_factory=plan)
    artifacts: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        path = self.root / CONFIG
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(config())
        self.leave_plan(self.plan)
        for shard in self.plan.shards:
            self.leave(shard.number, measured(self.plan, shard.number, 0.1 * shard.number))

    def leave_plan(self, of: Plan) -> None:
        """The plan's artifact, as evaluate.yml uploads it."""
        content = {"plan.json": of.to_json(), f"submission/{CONFIG}": config()}
        self.artifacts["plan"] = zipped(content)

    def leave(self, number: int, report: Mapping[str, Any]) -> None:
        """A shard's artifact."""
        self.artifacts[f"results-{number}"] = zipped(files(report))

    def open(self, name: str) -> io.BytesIO | None:
        """As bot.artifacts.collect wants it."""
        content = self.artifacts.get(name)
        return None if content is None else io.BytesIO(content)

    def collect(self) -> Gathered:
        """What the bot makes of it."""
        return gather_run(self.run, self, self.root)

    @property
    def run(self) -> RunFacts:
        """What GitHub says of it."""
        said = {
            "id": RUN, "path": ".github/workflows/evaluate.yml", "event": "workflow_dispatch",
            "head_branch": "main", "title": title(request=self.plan.request), "repository": BOARD,
            "head_repository": BOARD, "default_branch": "main", "of_default_branch": True, "status": "completed",
            "conclusion": "success", "started_at": "2026-01-02T00:00:00+00:00",
            "ended_at": "2026-01-02T05:00:00+00:00",
        }  # fmt: skip
        return RunFacts(**{**said, **self.facts})


def title(pull: int = PULL, sha: str = SHA, path: str = CONFIG, request: str = "") -> str:
    """What a run of the workflow is called."""
    return f"evaluate #{pull} {path} {sha} {request_digest(request)}"
