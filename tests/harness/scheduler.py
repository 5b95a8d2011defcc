"""The runs of one repository: when each begins, and what follows from its end."""

import queue
import shutil
import time
from collections.abc import Callable
from typing import Any

from tests.harness import act, processes
from tests.harness.admission import Admission
from tests.harness.contexts import of_event
from tests.harness.control import Knock
from tests.harness.endings import conclude, end_jobs, lost_always
from tests.harness.hearing import Hearing
from tests.harness.machines import group_of
from tests.harness.runs import JobRun, Run
from tests.harness.secrets import secrets_of
from tests.harness.state import State

_TICK = 0.05  # seconds between two looks at clocks
_QUIET = 8  # ticks without a word, after which what waits is waiting for something outside
_GRACE = 60.0  # seconds for the steps that a cancelled run still has
ROBOT = "github-actions[bot]"


class NotSettled(AssertionError):
    """Runs went on for longer than a test waits."""


class Scheduler:
    """Changes runs, in the thread that calls `settle` alone.

    `adopt` brings what happened over the API, `ended` is told of each run that has.
    """

    def __init__(self, state: State, machine: act.Machine, adopt: Callable[[], None], ended: Callable[[Run], None]) -> None:  # fmt: skip
        self.state, self.machine, self.adopt, self.ended = state, machine, adopt, ended
        self.admission = Admission(state)
        self._hearing = Hearing(state, self.admission.arrived, self._job_ended)

    def add(self, run: Run) -> None:
        """Queue a run; its group may cancel others, or it waits for them."""
        contexts = of_event(self.state.repository, run.event, run.event.inputs)
        run.group, cancels = group_of(run.workflow.concurrency, contexts)
        others = self.state.unfinished if run.group is not None else []
        rivals = [other for other in others if other.group == run.group]
        self.state.runs.append(run)
        self.state.narrate("run", f"{run.file} is queued: {run.title} ({run.event.name})")
        for rival in rivals:
            if cancels or not rival.holds:
                self.state.narrate("run", f"{rival.file} makes way in its group: {rival.title}")
                self.cancel(rival)
        run.holds = not any(x.holds and x.status != "completed" for x in rivals)

    def cancel(self, run: Run) -> None:
        """Cancel a run: at once where it has not begun, else by what act does of it."""
        if run.cancelled or run.status == "completed":
            return
        run.cancelled = True
        if run.process is None:
            self._complete(run, "cancelled")
            return
        run.cancelled_at = time.monotonic()
        self.state.narrate("run", f"{run.file} is cancelled: {run.title}")
        act.interrupt(run)

    def settle(self, seconds: float) -> None:
        """Run everything until nothing goes on, or what goes on waits for a machine that is not there.

        Raises:
            NotSettled: it takes longer.
        """
        end = time.monotonic() + seconds
        silent = 0
        while silent < _QUIET or not self._quiet():
            self.adopt()
            self._start_ready()
            self.admission.admit_waiting()
            self._look_at_clocks()
            try:
                self._handle(self.state.inbox.get(timeout=_TICK))
                silent = 0
            except queue.Empty:
                silent += 1
            if silent and not any(run.process for run in self.state.unfinished):
                silent = _QUIET
            if time.monotonic() > end:
                logs = (f"{run}\n{run.log[-3000:]}" for run in self.state.unfinished)
                raise NotSettled("\n\n".join([f"still running after {seconds} s:", *logs]))

    def close(self) -> None:
        """End whatever still runs."""
        for run in self.state.unfinished:
            if run.process:
                run.process.kill()
                processes.kill(str(run.folder / "jobs"))

    def _quiet(self) -> bool:
        ready = self._ready()
        return not ready and not self._busy() and self.state.inbox.empty()

    def _ready(self) -> list[Run]:
        return [run for run in self.state.unfinished if run.holds and run.process is None]

    def _busy(self) -> int:
        """How many runs go on by themselves."""
        active = [run for run in self.state.unfinished if run.process and not run.held]
        return sum(not run.stuck for run in active)

    def _start_ready(self) -> None:
        for run in self._ready():
            if self._busy() >= self.state.settings.parallel:
                return
            self._start(run)

    def _start(self, run: Run) -> None:
        git = self.state.board.git
        text = git.read(run.event.source.sha, run.workflow.path).decode()
        known = self.state.settings
        secrets = secrets_of(run, text, known.secrets, known.environments)
        with self.state.still():
            run.token = self.state.github.add_token(ROBOT, {}, self.state.repository)
        run.folder.mkdir(parents=True)
        secrets["GITHUB_TOKEN"] = run.token
        act.start(run, self.machine, git.path, secrets, self.state.inbox)

    def _start_late(self, run: Run, late: list[str]) -> None:
        """What GitHub still begins of a run that was cancelled."""
        end_jobs(run)
        run.late = late
        run.jobs = {
            key: job for key, job in run.jobs.items() if job.steps or job.id not in run.late
        }
        run.cancelled_at = time.monotonic()
        act.start_late(run, self.machine, self.state.inbox)

    def _handle(self, message: Any) -> None:
        match message:
            case act.Said(run, line):
                self._hearing.hear(run, line)
            case act.Ended(run):
                self._end(run)
            case Knock():
                self._hearing.knock(message)

    def _look_at_clocks(self) -> None:
        now = time.monotonic()
        self.admission.look_at_clocks()
        for run in self.state.unfinished:
            if run.cancel_at and now > run.cancel_at:
                self.cancel(run)
            if run.cancelled_at and now > run.cancelled_at + _GRACE and run.process:
                run.process.kill()

    def _job_ended(self, run: Run, job: JobRun) -> None:
        """The machine goes, with whatever was left on it, and the token may do nothing until the next job."""
        if job.temporary:
            processes.kill(job.temporary)
        self.state.narrate("job", f"{run.file}: {job.name}: {job.fate or job.conclusion}")
        with self.state.still():
            self.state.token_of(run).permissions = {}

    def _end(self, run: Run) -> None:
        processes.kill(str(run.folder / "jobs"))
        if run.cancelled and not run.late and (late := lost_always(run)):
            self._start_late(run, late)
            return
        conclusion = conclude(run, self.state.repository)
        if not self.state.settings.keep:
            shutil.rmtree(run.folder)
        with self.state.still():
            del self.state.github.world.tokens[run.token]
        self._complete(run, conclusion)

    def _complete(self, run: Run, conclusion: str) -> None:
        with self.state.still():
            run.record.status, run.record.conclusion = "completed", conclusion
            run.record.updated_at = self.state.github.now()
        self.state.narrate("run-ended", f"{run.file}: {conclusion}: {run.title}")
        waiting = [x for x in self.state.unfinished if x.group == run.group and not x.holds]
        if run.group is not None and run.holds and waiting:
            waiting[-1].holds = True
        self.ended(run)
