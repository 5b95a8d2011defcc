"""A run of a workflow, its jobs and their steps, as they become known from what act says."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.control import Knock
from tests.harness.events import Event
from tests.harness.expressions import interpolate
from tests.harness.workflow_file import Job, Step, Workflow
from tests.standins.github.world import WorkflowRun

# What befell a job from outside → its conclusion.
FATES = {
    "cancelled": "cancelled",
    "timed out": "cancelled",  # GitHub cancels what takes too long
    "runner gone": "failure",
    "refused by its environment": "failure",
}


@dataclass
class StepRun:
    """One step of one job as it was run."""

    step: Step
    conclusion: str | None = None


@dataclass
class JobRun:
    """One job, or one leg of its matrix. `temporary` is its RUNNER_TEMP, known from its first step on."""

    job: Job
    key: str
    matrix: Mapping[str, Any]
    temporary: str = ""
    status: str = "queued"
    conclusion: str | None = None
    fate: str | None = None  # a key of FATES
    steps: list[StepRun] = field(default_factory=list)
    waiting: Knock | None = None
    group: str | None = None
    deadline: float | None = None  # when its time is over, by the monotonic clock
    doom: float | None = None  # when a test takes its machine away
    hosted: bool = True

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def name(self) -> str:
        """As GitHub shows it: `evaluate (2)`."""
        if self.matrix and "${{" not in self.job.name:
            return f"{self.job.name} ({', '.join(map(str, self.matrix.values()))})"
        return interpolate(self.job.name, {"matrix": self.matrix})

    @property
    def workspace(self) -> Path:
        """Its GITHUB_WORKSPACE."""
        return Path(self.temporary).with_name("hostexecutor")

    @property
    def step(self) -> StepRun:
        """The one that began last."""
        return self.steps[-1]


@dataclass(eq=False)
class Run:
    """One run. `record` is what the API shows of it; `log` what its steps wrote."""

    workflow: Workflow
    event: Event
    record: WorkflowRun
    folder: Path
    group: str | None = None
    jobs: dict[str, JobRun] = field(default_factory=dict)  # by the name that act has for each
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)  # job/step → name → value
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # what act itself complains of
    process: subprocess.Popen[str] | None = None
    token: str = ""
    cancelled: bool = False
    late: list[str] = field(default_factory=list)  # ids of the jobs that begin after that
    holds: bool = False  # its concurrency group, where it has one
    held: bool = False  # a hook of the test is at work while one of its steps waits
    cancel_at: float | None = None  # when a test cancels it, by the monotonic clock
    cancelled_at: float | None = None

    @property
    def id(self) -> int:
        return self.record.id

    @property
    def file(self) -> str:
        return self.workflow.file

    @property
    def status(self) -> str:
        return self.record.status

    @property
    def conclusion(self) -> str | None:
        return self.record.conclusion

    @property
    def title(self) -> str:
        return self.record.title or ""

    @property
    def log(self) -> str:
        """`job | step | line`, and what act says of itself."""
        return "\n".join([*self.lines, *self.errors])

    @property
    def running(self) -> list[JobRun]:
        """Jobs that have a machine."""
        return [job for job in self.jobs.values() if job.status == "in_progress"]

    @property
    def stuck(self) -> bool:
        """Whether all that goes on of it waits to be let in."""
        left = [job for job in self.jobs.values() if job.status != "completed"]
        return bool(left) and all(job.waiting for job in left)

    def job(self, name: str) -> JobRun:
        """The job of that name or id, where there is one leg of it."""
        found = [x for x in self.jobs.values() if name in (x.id, x.name)]
        assert len(found) == 1, f"{self.file}: {name} is {len(found)} of {list(self.jobs)}"
        return found[0]

    def conclusions(self) -> dict[str, str]:
        """Job → conclusion; a job that never began was skipped, or cancelled with its run."""
        begun = {job.name: job.conclusion or "" for job in self.jobs.values()}
        left = set(self.workflow.jobs) - {job.id for job in self.jobs.values()}
        return begun | dict.fromkeys(sorted(left), "cancelled" if self.cancelled else "skipped")

    def __repr__(self) -> str:
        return f"Run({self.file}, {self.event.name}, {self.status}, {self.conclusion}, {self.conclusions()})"
