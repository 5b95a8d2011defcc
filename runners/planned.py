"""One shard of a plan, with the submission it was made for: nothing else is measured."""

from dataclasses import dataclass
from pathlib import Path

from runners.failures import Failure
from schemas.errors import CommandError, UsageError
from schemas.plan import Plan, Shard, load_plan
from schemas.problem import shown
from schemas.submission import ModelConfig, load_model_config

_FIX = "plan again, for the files that are there now"


class NotWhatWasPlanned(CommandError):
    """The submission is another one than the plan was made for."""


@dataclass(frozen=True)
class PlannedRun:
    """What one machine measures. `root` is the folder that every file of the submission lies below."""

    plan: Plan
    plan_file: Path
    shard: Shard
    config: ModelConfig
    root: Path


def planned_run(plan_file: Path, root: Path, number: int) -> PlannedRun:
    """Shard `number` of the plan.

    Raises:
        CannotReadPlan: it is no plan.
        UsageError: it has no such shard.
        NotWhatWasPlanned: the config below `root` is missing, a link, or another one.
    """
    plan = load_plan(plan_file)
    shard = plan.shard(number)
    if shard is None:
        raise UsageError(
            f"--shard {number}: the plan has {len(plan.shards)}", "count from 1, as the plan does"
        )
    path = root / plan.config
    if not really_inside(path, root):
        raise NotWhatWasPlanned(f"{shown(plan.config, 300)} is no file below {root}", _FIX)
    config, _, problems = load_model_config(path, plan.config)
    if config is None:
        raise NotWhatWasPlanned(f"{shown(plan.config, 300)}: {problems[0].message}", _FIX)
    planned = (plan.config_sha256, plan.model, plan.revision)
    if (config.sha256, config.model, config.revision) != planned:
        raise NotWhatWasPlanned(f"{shown(plan.config, 300)} is not the file that was planned", _FIX)
    return PlannedRun(plan, plan_file, shard, config, root)


def really_inside(path: Path, root: Path) -> bool:
    """Whether `path` is a file below `root`, reached without a link and without `..` out of it."""
    real = path.resolve()
    if not (real.is_file() and real.is_relative_to(root.resolve())):
        return False
    below = Path(*_collapsed(path, root))
    return root.resolve() / below == real


def refuse_outside(file: Path, root: Path | None) -> None:
    """Keep a task file of a submission inside the submission; a person's own files may lie anywhere.

    Raises:
        Failure: it leads elsewhere.
    """
    if root is not None and file.exists() and not really_inside(file, root):
        raise Failure(
            "submission",
            f"{shown(file.name)} leads out of the project's folder, or is a link",
            "put the file itself into the project",
        )


def _collapsed(path: Path, root: Path) -> list[str]:
    """The words of `path` below `root`, with each `..` taken back."""
    words: list[str] = []
    for word in path.relative_to(root).parts:
        if word != "..":
            words.append(word)
        elif words:
            words.pop()
    return words
