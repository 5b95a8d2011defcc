"""What one evaluation runs, as frozen data: tasks, their shards, how long it may take. Bot and runners both read it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from schemas.errors import CommandError
from schemas.problem import shown
from schemas.strict_json import parse_strict_json
from schemas.validate import violations

SCHEMA_VERSION = 1
MAX_BYTES = 2 * 2**20
_DIGEST = 16  # hex digits; enough to tell the requests of one config apart
_FIX = "let `mteb-bot plan` write it again"


class CannotReadPlan(CommandError):
    """A plan is missing, too large, not strict JSON, or breaks its schema."""


@dataclass(frozen=True)
class PlannedTask:
    """A task by its name in results; `subsets` counts those that run, `seconds` is an estimate."""

    name: str
    subsets: int
    seconds: float
    shard: int


@dataclass(frozen=True)
class Shard:
    """What one machine runs; numbers count from 1."""

    number: int
    tasks: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class PlanLimits:
    """What each shard may use; GB are 10^9 bytes."""

    seconds: float
    memory_gb: float
    disk_gb: float
    processes: int


@dataclass(frozen=True)
class Plan:
    """One evaluation of one config. `pull` and `head_sha` are None where nobody submitted it.

    `seconds` is machine time, of all shards together. `parameters` is the model's size that the
    estimate was made with, None where it was not known. `trains` counts the models that are trained first, every variant
    once for every seed; the model of the report is then one of them, and `revision` the base model's.
    """

    pull: int | None
    head_sha: str | None
    config: str
    config_sha256: str
    model: str
    revision: str
    smoke: bool
    custom_code: bool
    request: str
    tasks: tuple[PlannedTask, ...]
    shards: tuple[Shard, ...]
    seconds: float
    limits: PlanLimits
    parameters: int | None = None
    trains: int = 0

    def shard(self, number: int) -> Shard | None:
        """The shard of that number, or None."""
        return next((shard for shard in self.shards if shard.number == number), None)

    def to_json(self) -> bytes:
        """The file: the same bytes for the same plan."""
        data = {"schema_version": SCHEMA_VERSION, **asdict(self)}
        return (json.dumps(data, indent=1, allow_nan=False) + "\n").encode()


def request_digest(request: str) -> str:
    """Sixteen hex digits that stand for a request in the name of a run."""
    return sha256(request.encode()).hexdigest()[:_DIGEST]


def load_plan(path: Path) -> Plan:
    """The plan at `path`.

    Raises:
        CannotReadPlan: it is not there, or no plan.
    """
    name = shown(str(path), 300)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CannotReadPlan(f"{name}: {error.strerror}", _FIX) from error
    try:
        return plan_from(content)
    except CannotReadPlan as error:
        raise CannotReadPlan(f"{name}: {error.message}", error.fix) from error


def plan_from(content: bytes) -> Plan:
    """The plan in the bytes of a file (MAX_BYTES at most).

    Raises:
        CannotReadPlan: it is no plan: too large, no strict JSON, against its schema, or against itself.
    """
    if len(content) > MAX_BYTES:
        raise CannotReadPlan(f"larger than {MAX_BYTES // 2**20} MiB", _FIX)
    try:
        data = parse_strict_json(content)
    except ValueError as error:
        raise CannotReadPlan(f"not strict JSON: {shown(str(error), 200)}", _FIX) from error
    if broken := violations(data, "plan"):
        raise CannotReadPlan("breaks the plan's schema: " + "; ".join(broken), _FIX)
    plan = _plan(data)
    if against := next(_contradictions(plan), None):
        raise CannotReadPlan(f"contradicts itself: {against}", _FIX)
    return plan


def _plan(data: Mapping[str, Any]) -> Plan:
    """Freeze data that has passed the schema."""
    tasks = tuple(PlannedTask(**task) for task in data["tasks"])
    shards = tuple(Shard(**{**shard, "tasks": tuple(shard["tasks"])}) for shard in data["shards"])
    plain = {key: value for key, value in data.items() if key != "schema_version"}
    return Plan(
        **{**plain, "tasks": tasks, "shards": shards, "limits": PlanLimits(**data["limits"])}
    )


def _contradictions(plan: Plan) -> Iterator[str]:
    """What the schema cannot see."""
    if (plan.pull is None) != (plan.head_sha is None):
        yield "`pull` and `head_sha` belong together"
    if plan.trains and len(plan.shards) > 1:
        yield "a training is split over several machines"
    if plan.smoke != (plan.request.partition(" ")[0] == "--smoke"):
        yield "`smoke` is not what `request` says"
    if [shard.number for shard in plan.shards] != list(range(1, len(plan.shards) + 1)):
        yield "the shards are not numbered from 1 on"
    repeated = [name for name, times in Counter(t.name for t in plan.tasks).items() if times > 1]
    if repeated:
        yield f"the task {shown(repeated[0])} stands in it twice"
    by_shard = {
        shard.number: tuple(t.name for t in plan.tasks if t.shard == shard.number)
        for shard in plan.shards
    }
    if any(by_shard[shard.number] != shard.tasks for shard in plan.shards):
        yield "a shard's tasks are not those that name it"
    if not {task.shard for task in plan.tasks} <= by_shard.keys():
        yield "a task names a shard that is not there"
