"""Which step may begin: its job has a machine, its turn, its time; a test may do something first."""

import re
import time
from collections.abc import Mapping

from tests.harness import processes
from tests.harness.contexts import of_job
from tests.harness.control import Knock, Verdict
from tests.harness.machines import (
    environment_of,
    free_machine,
    group_admits,
    group_of,
    is_hosted,
    labels_of,
    limit_of,
)
from tests.harness.runs import JobRun, Run
from tests.harness.state import State

_LATE = re.compile(
    r"always\(\)|(?<!!)\bcancelled\(\)"
)  # what still runs in a job that is cancelled
_TOGETHER = 0.12  # seconds within which act starts all jobs that may begin


class Admission:
    """Answers every knock, sooner or later."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._last_arrival = 0.0

    def arrived(self, run: Run, job: JobRun, knock: Knock, begins: bool) -> None:
        """A step wants to begin; the first of a job waits until the job may."""
        if job.status == "queued":
            job.waiting = knock
            self._last_arrival = time.monotonic()
        else:
            self._let(run, job, knock, begins=begins)

    def admit_waiting(self) -> None:
        """Let in what can be let in now; of jobs that come together the one that stands first in the file."""
        if time.monotonic() < self._last_arrival + _TOGETHER:
            return
        for run in self.state.unfinished:
            places = list(run.workflow.jobs)
            for job in sorted(run.jobs.values(), key=lambda job: places.index(job.id)):
                if job.waiting and self._admitted(run, job):
                    knock, job.waiting = job.waiting, None
                    job.status = "in_progress"
                    self._let(run, job, knock, begins=True)

    def look_at_clocks(self) -> None:
        """End what takes too long, and what a test wants to end by now."""
        now = time.monotonic()
        for run in self.state.unfinished:
            for job in run.running:
                if job.doom and now > job.doom:
                    self.doom(job, "runner gone")
                elif job.deadline and now > job.deadline and not run.held:
                    self.state.narrate("job", f"{run.file}: {job.name} takes too long")
                    self.doom(job, "timed out")

    def doom(self, job: JobRun, fate: str) -> None:
        """End what a job does now; its later steps are refused when they knock. From any thread."""
        if job.fate or job.status == "completed":
            return
        job.fate, job.deadline, job.doom = fate, None, None
        if fate == "runner gone":
            processes.kill(job.temporary)
        else:
            processes.kill_step(job.temporary)

    def _admitted(self, run: Run, job: JobRun) -> bool:
        """Whether a job may have its machine now; one job of a run at a time, as act has one token for all."""
        if job.fate or (run.cancelled and job.id not in run.late):
            return True
        if run.running or run.held:
            return False
        known = self.state.settings
        environment = known.environments.get(environment_of(run, job, self.state.repository) or "")
        if environment and not environment.admits(run.event.source.ref):
            job.fate = "refused by its environment"
            return True
        wanted = labels_of(run, job, self.state.repository)
        may = is_hosted(wanted) or group_admits(known.admitted, run)
        if not may or not free_machine(wanted, known.runners, self.state.jobs):
            return False  # it stays queued, as on GitHub
        if not self._has_turn(run, job):
            return False
        job.hosted = is_hosted(wanted)
        minutes = limit_of(run, job, self.state.repository)
        limit = known.limits.get((run.file, job.id), minutes * known.seconds_per_minute)
        job.deadline = time.monotonic() + limit
        self.state.narrate("job", f"{run.file}: {job.name} begins")
        if run.status == "queued":
            with self.state.still():
                run.record.status = "in_progress"
        return True

    def _has_turn(self, run: Run, job: JobRun) -> bool:
        """Its concurrency group is free; of those that wait only the newest stays."""
        contexts = of_job(self.state.repository, run, job.matrix)
        group, cancels = group_of(job.job.concurrency, contexts)
        if group is None:
            return True
        others = [x for x in self.state.jobs if x is not job and group == x.group]
        first_try, job.group = job.group is None, group
        for other in others if first_try else ():
            if other.waiting:
                other.fate = "cancelled"
            elif cancels and other.status == "in_progress":
                self.doom(other, "cancelled")
        return not any(x.status == "in_progress" for x in others)

    def _let(self, run: Run, job: JobRun, knock: Knock, *, begins: bool) -> None:
        """Answer: first what a test does at this point, then go or stop."""
        verdict = Verdict.GO
        if begins and not job.fate and not run.cancelled:
            self.state.narrate("step", f"{run.file}: {job.name}: {job.step.step.name}")
            verdict = self._call_hooks(run, job)
        if job.status == "completed" or not _may_go_on(run, job):
            knock.answer(Verdict.STOP)
            return
        with self.state.still():
            granted = _narrowed(job.job.permissions, trusted=run.event.trusted)
            self.state.token_of(run).permissions = granted
        knock.answer(verdict)

    def _call_hooks(self, run: Run, job: JobRun) -> Verdict:
        verdict = Verdict.GO
        for hook in self.state.hooks.take(run, job):
            run.held = True
            try:
                hook.action(run, job)
            finally:
                run.held = False
            verdict = Verdict.DONE if hook.instead else verdict
        return verdict


def _may_go_on(run: Run, job: JobRun) -> bool:
    if job.fate in {"runner gone", "refused by its environment"}:
        return False
    if job.fate or (run.cancelled and job.id not in run.late):
        return len(job.steps) > 1 and bool(_LATE.search(job.step.step.condition))
    return True


def _narrowed(permissions: Mapping[str, str], *, trusted: bool) -> dict[str, str]:
    """A fork's run may read what it would write."""
    cut = {} if trusted else {"write": "read"}
    return {area: cut.get(level, level) for area, level in permissions.items()}
