"""What a report says where nothing was measured: whose fault, in whose words."""

from dataclasses import dataclass
from typing import Any

from bot.artifacts.refusal import RefusedArtifact
from schemas.mteb_index import MtebIndex
from schemas.plan import Shard
from schemas.submission import ModelConfig

UNKNOWN = "unknown"
_RETRY = "nothing to change in the submission; `/retry`, or look at the log of the run"
_LONGEST_MESSAGE, _LONGEST_ADVICE = 4000, 1000


@dataclass(frozen=True)
class Ended:
    """How a workflow run ended, in GitHub's word, and when. Times are ISO 8601 in UTC."""

    conclusion: str = UNKNOWN
    started_at: str = UNKNOWN
    ended_at: str = UNKNOWN

    @property
    def cancelled(self) -> bool:
        """Whether somebody, or a push, stopped it."""
        return self.conclusion == "cancelled"

    @property
    def timed_out(self) -> bool:
        """Whether a job of it was stopped at its time limit."""
        return self.conclusion == "timed_out"


@dataclass(frozen=True)
class Missing:
    """Why a shard has no report. `error` is None where it was stopped on purpose."""

    error: dict[str, Any] | None


def left_nothing(shard: Shard, ended: Ended) -> Missing:
    """There is no artifact of a shard."""
    if ended.cancelled:
        return Missing(None)
    if ended.timed_out:
        return _out_of_time(f"shard {shard.number} was stopped at the time limit of its job")
    message = f"shard {shard.number} left no results: its machine went away, or it failed before it measured"
    return Missing(error("infrastructure", message, _RETRY))


def interrupted(number: int, ended: Ended) -> Missing:
    """A shard was stopped from outside before some of its tasks, though nobody cancelled the run."""
    message = f"shard {number} was stopped from outside before this task"
    return (
        _out_of_time(message)
        if ended.timed_out
        else Missing(error("infrastructure", message, _RETRY))
    )


def _out_of_time(message: str) -> Missing:
    advice = "raise `limits.hours` in .github/mteb-bot.yml, or evaluate fewer tasks"
    return Missing(error("timeout", message, advice))


def left_no_plan() -> Missing:
    """The run ended before it was known what to measure."""
    message = "the evaluation ended before it was planned, so nothing was measured"
    return Missing(error("infrastructure", message, "the log of the run says why; then `/retry`"))


def refused(refusal: RefusedArtifact) -> Missing:
    """An artifact breaks a rule.

    The fault is our machine's: it alone writes artifacts, so either it does not work as it should, or somebody
    got into it. The submitter can mend nothing, and a maintainer has to look.
    """
    advice = (
        "nothing to change in the submission; a maintainer looks at the log of the run before anybody "
        "retries: the machine wrote something that no evaluation writes"
    )
    return Missing(error("infrastructure", refusal.message, advice))


def error(kind: str, message: str, advice: str) -> dict[str, Any]:
    """A failure, as the report's schema has it."""
    return {
        "kind": kind,
        "message": message[:_LONGEST_MESSAGE],
        "advice": advice[:_LONGEST_ADVICE],
    }


def unmeasured(
    name: str, index: MtebIndex, why: dict[str, Any] | None, batch_size: int
) -> dict[str, Any]:
    """A task without a result, as the report's schema has it."""
    task = index.task(name)
    return {
        "name": name,
        "type": task.type if task else UNKNOWN,
        "custom": task is None,
        "main_metric": (task.main_score if task else "") or UNKNOWN,
        "dataset": {
            "id": task.dataset_id if task else None,
            "revision": (task.dataset_revision if task else "") or UNKNOWN,
        },
        "status": "failed" if why else "not_run",
        "result": None,
        "error": why,
        "subsets": [],
        "texts_encoded": 0,
        "seconds": 0.0,
        "batch_size": batch_size,
        "truncated_share": None,
    }


def unmeasured_provenance(config: ModelConfig, head_sha: str | None) -> dict[str, Any]:
    """What is known where no shard has told how it measured: the config's word."""
    load = config.load
    return {
        "config_sha256": config.sha256,
        "head_sha": head_sha,
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
        "packages": {},
        "python": UNKNOWN,
        "platform": UNKNOWN,
        "hardware": {
            "device": UNKNOWN,
            "name": UNKNOWN,
            "count": 1,
            "memory_bytes": 0,
            "driver": None,
            "cuda": None,
            "cpu_threads": 1,
        },
        "seconds": 0.0,
        "energy_kwh": None,
        "runs": 1,
        "command": UNKNOWN,
    }
