"""What a job needs before its first step: a machine, its environment's leave, its turn in a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.harness.contexts import of_job
from tests.harness.expressions import truth, value_of
from tests.harness.runs import JobRun, Run
from tests.harness.unsupported import Unsupported

_HOSTED = frozenset({"ubuntu-latest", "ubuntu-24.04"})


@dataclass(frozen=True)
class Environment:
    """A deployment environment: its secrets, and the branches whose runs it admits (None: any ref)."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    branches: tuple[str, ...] | None = ("main",)

    def admits(self, ref: str) -> bool:
        """Whether a run on a ref may use it."""
        return self.branches is None or ref.removeprefix("refs/heads/") in self.branches


def labels_of(run: Run, job: JobRun, repository: str) -> frozenset[str]:
    """What `runs-on` asks for."""
    raw = job.job.runs_on
    found = value_of(raw, of_job(repository, run, job.matrix)) if isinstance(raw, str) else raw
    return frozenset([found] if isinstance(found, str) else found)


def free_machine(wanted: frozenset[str], owned: Sequence[frozenset[str]], jobs: Sequence[JobRun]) -> bool:  # fmt: skip
    """Whether a machine with all labels is free; of hosted ones there are always more."""
    if wanted <= _HOSTED:
        return True
    fitting = [labels for labels in owned if wanted <= labels]
    return len(fitting) > sum(not job.hosted for job in jobs if job.status == "in_progress")


def group_admits(admitted: frozenset[str] | None, run: Run) -> bool:
    """Whether the group of the owned machines is for this workflow: its file, as the default branch has it."""
    on_main = run.event.source.ref == "refs/heads/main"
    return admitted is None or (on_main and run.file in admitted)


def is_hosted(wanted: frozenset[str]) -> bool:
    """Whether GitHub provides the machine."""
    return wanted <= _HOSTED


def environment_of(run: Run, job: JobRun, repository: str) -> str | None:
    """The name of the job's environment."""
    raw = job.job.environment
    name = raw.get("name") if isinstance(raw, Mapping) else raw
    return None if name is None else str(value_of(name, of_job(repository, run, job.matrix)))


def group_of(concurrency: Any, contexts: Mapping[str, Any]) -> tuple[str | None, bool]:
    """A concurrency group, in small letters as case does not matter, and whether the newer one cancels."""
    if concurrency is None:
        return None, False
    if isinstance(concurrency, str):
        concurrency = {"group": concurrency}
    if unknown := set(concurrency) - {"group", "cancel-in-progress"}:
        raise Unsupported(f"concurrency: {', '.join(unknown)}")
    group = str(value_of(concurrency["group"], contexts)).lower()
    return group, truth(value_of(concurrency.get("cancel-in-progress", False), contexts))


def limit_of(run: Run, job: JobRun, repository: str) -> float:
    """`timeout-minutes`."""
    return float(value_of(job.job.time_limit, of_job(repository, run, job.matrix)))
