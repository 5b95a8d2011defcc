"""Put a plan together: chosen tasks, estimated, split over machines, within the settings' limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.planning.estimate import LOADING, Machine, seconds_of
from bot.planning.request import Request
from bot.planning.selection import ChosenTask
from bot.planning.shards import split
from bot.planning.training import trained_models, training_seconds
from schemas.plan import Plan, PlanLimits, PlannedTask
from schemas.settings import Settings
from schemas.submission import ModelConfig

_HOUR = 3600


@dataclass(frozen=True)
class Submission:
    """A valid config, its path from the repository's root on, and the pull request it came with, if any."""

    config: ModelConfig
    path: str
    pull: int | None = None
    head_sha: str | None = None


def plan_for(
    submission: Submission,
    tasks: Sequence[ChosenTask],
    request: Request,
    settings: Settings,
    parameters: int | None = None,
    rows: Sequence[int | None] = (),
) -> Plan:
    """The plan for `tasks` (at least one) of a submission.

    `parameters` is the model's size where it is known, `rows` how many rows each data set has that is trained on. A
    training is not split over machines; the base and every trained model are evaluated.
    """
    config, limits = submission.config, settings.limits
    machine = Machine(settings.quote.gpu_teraflops, parameters, config.load.max_length)
    models = 1 + trained_models(config.finetune)
    seconds = {
        task.name: round(models * seconds_of(task, machine, smoke=request.smoke), 1)
        for task in tasks
    }
    most, each = limits.shards, models * LOADING
    if config.finetune:
        most = 1
        each += training_seconds(config.finetune, rows, machine, smoke=request.smoke)
    shards = split(seconds, most, each=each)
    shard_of = {name: shard.number for shard in shards for name in shard.tasks}
    return Plan(
        pull=submission.pull,
        head_sha=submission.head_sha,
        config=submission.path,
        config_sha256=config.sha256,
        model=config.model,
        revision=config.revision,
        smoke=request.smoke,
        custom_code=settings.approval(config.weights, config.revision) is not None,
        request=request.text,
        tasks=tuple(
            PlannedTask(task.name, task.subsets, seconds[task.name], shard_of[task.name])
            for task in tasks
        ),
        shards=shards,
        seconds=round(sum(shard.seconds for shard in shards), 1),
        limits=PlanLimits(limits.hours * _HOUR, limits.memory_gb, limits.disk_gb, limits.processes),
        parameters=parameters,
        trains=models - 1,
    )
