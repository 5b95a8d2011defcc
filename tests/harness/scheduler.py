"""The runs of one repository: which begins when, which of their steps may go on, and how each ends."""

import queue
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness import act, processes
from tests.harness.contexts import of_event, of_job, result_of
from tests.harness.control import Knock, Reply
from tests.harness.expressions import condition_holds
from tests.harness.hooks import Hooks
from tests.harness.machines import (
    Environment,
    environment_of,
    free_machine,
    group_of,
    is_hosted,
    labels_of,
    limit_of,
)
from tests.harness.runs import FATES, JobRun, Run, StepRun
from tests.harness.secrets import secrets_of
from tests.harness.shim import MARK
from tests.harness.unsupported import Unsupported
from tests.standins.github.app import LocalGithub

_TICK = 0.05  # seconds between two looks at clocks
_QUIET = 8  # ticks without a word, after which what waits is waiting for something outside
_GRACE = 60.0  # seconds for the steps that a cancelled run still has
_LATE = re.compile(
    r"always\(\)|(?<!!)\bcancelled\(\)"
)  # what still runs in a job that is cancelled
ROBOT = "github-actions[bot]"
Narrate = Callable[[str, str], None]


class NotSettled(AssertionError):
    """Runs went on for longer than a test waits."""


@dataclass
class Settings:
    """What the owners of a repository and of its machines decided, and how fast clocks run."""

    secrets: dict[str, str] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    runners: list[frozenset[str]] = field(default_factory=list)
    seconds_per_minute: float = 60.0
    limits: dict[tuple[str, str], float] = field(default_factory=dict)  # (file, job) → seconds
    parallel: int = 1
    keep: bool = False


class Scheduler:
    """Owns every run. Only `settle` changes them, in the thread that calls it."""

    def __init__(
        self,
        github: LocalGithub,
        repository: str,
        still: Callable[[], AbstractContextManager[None]],
        settings: Settings,
        narrate: Narrate,
    ) -> None:
        self.github, self.repository, self.still = github, repository, still
        self.settings, self.narrate = settings, narrate
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.runs: list[Run] = []
        self.hooks = Hooks()
        self.machine: act.Machine | None = None
        self.ended: Callable[[Run], None] = lambda _run: None
        self.adopt: Callable[[], None] = lambda: None
        self._said: dict[str, tuple[Run, JobRun, str]] = {}
        self._knocks: dict[str, Knock] = {}

    # Beginning.

    def add(self, run: Run) -> None:
        """Queue a run; its group may cancel others, or it waits for them."""
        contexts = of_event(self.repository, run.event, run.event.inputs)
        run.group, cancels = group_of(run.workflow.concurrency, contexts)
        rivals = [x for x in self.runs if x.group == run.group and x.status != "completed"]
        self.runs.append(run)
        self.narrate("run", f"{run.file} is queued: {run.title} ({run.event.name})")
        if run.group is None or not rivals:
            run.holds = True
            return
        for rival in rivals:
            if cancels or not rival.holds:
                self.narrate("run", f"{rival.file} makes way in its group: {rival.title}")
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
        if run.running == [] and run.jobs:
            self._refuse_lost_always(run)
        run.cancelled_at = time.monotonic()
        self.narrate("run", f"{run.file} is cancelled: {run.title}")
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
            self._admit_waiting()
            self._look_at_clocks()
            try:
                self._handle(self.inbox.get(timeout=_TICK))
                silent = 0
            except queue.Empty:
                silent += 1
            if silent and not any(run.process for run in self._unfinished()):
                silent = _QUIET
            if time.monotonic() > end:
                logs = "\n\n".join(f"{run}\n{run.log[-3000:]}" for run in self._unfinished())
                raise NotSettled(f"still running after {seconds} s:\n{logs}")

    def close(self) -> None:
        """End whatever still runs."""
        for run in self._unfinished():
            if run.process:
                run.process.kill()
                processes.kill(str(run.folder / "jobs"))

    def _unfinished(self) -> list[Run]:
        return [run for run in self.runs if run.status != "completed"]

    def _stuck(self, run: Run) -> bool:
        """Whether all that goes on of a run waits to be let in."""
        left = [job for job in run.jobs.values() if job.status != "completed"]
        return bool(left) and all(job.waiting for job in left)

    def _quiet(self) -> bool:
        active = [run for run in self._unfinished() if run.process and not run.held]
        return all(self._stuck(run) for run in active) and not self._ready() and self.inbox.empty()

    def _ready(self) -> list[Run]:
        return [run for run in self._unfinished() if run.holds and run.process is None]

    def _busy(self) -> int:
        active = [run for run in self._unfinished() if run.process and not run.held]
        return sum(not self._stuck(run) for run in active)

    def _start_ready(self) -> None:
        for run in self._ready():
            if self._busy() >= self.settings.parallel:
                return
            self._start(run)

    def _start(self, run: Run) -> None:
        assert self.machine
        git = self.github.world.repository(self.repository).git
        text = git.read(run.event.source.sha, run.workflow.path).decode()
        known = self.settings
        secrets = secrets_of(run, text, known.secrets, known.environments)
        with self.still():
            run.token = self.github.add_token(ROBOT, {}, self.repository)
        run.folder.mkdir(parents=True)
        secrets["GITHUB_TOKEN"] = run.token
        act.start(run, self.machine, git.path, secrets, self.inbox)

    # What act and its steps say.

    def _handle(self, message: Any) -> None:
        match message:
            case act.Said(run, line):
                self._hear(run, line)
            case act.Ended(run):
                self._end(run)
            case Knock(mark, _):
                self._knocks[mark] = message
                self._meet(mark)

    def _hear(self, run: Run, line: Mapping[str, Any]) -> None:
        text = str(line.get("msg", "")).rstrip()
        if "jobID" not in line:
            run.errors.append(f"act: {text}")
            return
        if "Skipping unsupported platform" in text:
            raise Unsupported(f"{run.file}: {line['jobID']} runs on labels that act was not told")
        key = str(line["job"]).strip()
        if key not in run.jobs:
            run.jobs[key] = JobRun(run.workflow.jobs[line["jobID"]], key, line.get("matrix") or {})
        job, step = run.jobs[key], (line.get("stepID") or [""])[0]
        if line.get("command") == "set-output":
            run.outputs.setdefault(f"{job.id}/{step}", {})[line["name"]] = str(line["arg"])
        elif line.get("raw_output") and text.startswith(MARK):
            mark = text.split()[-1]
            self._said[mark] = (run, job, step)
            self._meet(mark)
        elif line.get("raw_output"):
            name = job.steps[-1].step.name if job.steps else ""
            run.lines.append(f"{job.name} | {name} | {text}")
            self.narrate("log", f"{job.name} | {text}")
        elif "stepResult" in line and line.get("stage") == "Main" and len(line["stepID"]) == 1:
            for each in job.steps:
                if each.step.id == step:
                    each.conclusion = line["stepResult"]
        elif "jobResult" in line:
            self._end_job(run, job, line["jobResult"])

    def _meet(self, mark: str) -> None:
        """A step printed its mark and knocked: now it is known whose it is."""
        if mark not in self._said or mark not in self._knocks:
            return
        run, job, step_id = self._said.pop(mark)
        knock = self._knocks.pop(mark)
        act.forget_secrets(run)
        job.temporary = knock.temporary
        begins = not job.steps or job.step.step.id != step_id
        if begins:
            job.steps.append(StepRun(next(x for x in job.job.steps if x.id == step_id)))
        if job.status == "queued":
            job.waiting = knock
        else:
            self._let(run, job, knock, begins=begins)

    def _admit_waiting(self) -> None:
        for run in self._unfinished():
            for job in list(run.jobs.values()):
                if job.waiting and self._admitted(run, job):
                    knock, job.waiting = job.waiting, None
                    job.status = "in_progress"
                    self._let(run, job, knock, begins=True)

    def _admitted(self, run: Run, job: JobRun) -> bool:
        """Whether a job may have its machine now; one job of a run at a time, as act has one token for all."""
        if job.fate or run.cancelled:
            return True
        if run.running or run.held:
            return False
        name = environment_of(run, job, self.repository)
        environment = self.settings.environments.get(name or "")
        if environment and not environment.admits(run.event.source.ref):
            job.fate = "refused by its environment"
            return True
        everybody = [each for other in self.runs for each in other.jobs.values()]
        wanted = labels_of(run, job, self.repository)
        if not free_machine(wanted, self.settings.runners, everybody):
            return False
        if not self._has_turn(run, job, everybody):
            return False
        job.hosted = is_hosted(wanted)
        minutes = limit_of(run, job, self.repository)
        limit = self.settings.limits.get((run.file, job.id), minutes * self.settings.seconds_per_minute)  # fmt: skip
        job.deadline = time.monotonic() + limit
        self.narrate("job", f"{run.file}: {job.name} begins")
        if run.status == "queued":
            with self.still():
                run.record.status = "in_progress"
        return True

    def _has_turn(self, run: Run, job: JobRun, everybody: Sequence[JobRun]) -> bool:
        """Its concurrency group is free; of those that wait only the newest stays."""
        contexts = of_job(self.repository, run, job.matrix)
        group, cancels = group_of(job.job.concurrency, contexts)
        if group is None:
            return True
        first_try, job.groups = not job.groups, (group,)
        others = [x for x in everybody if x is not job and group in x.groups]
        if first_try:
            for other in others:
                if other.waiting:
                    other.fate = "cancelled"
                elif cancels and other.status == "in_progress":
                    self._doom(other, "cancelled")
        return not any(x.status == "in_progress" for x in others)

    def _let(self, run: Run, job: JobRun, knock: Knock, *, begins: bool) -> None:
        """Answer a step that wants to begin: first what tests do at this point, then go or stop."""
        if begins and not job.fate and not run.cancelled:
            self.narrate("step", f"{run.file}: {job.name}: {job.step.step.name}")
            self._act_hooks(run, job)
        if job.status == "completed" or not self._may_go_on(run, job):
            knock.answer(go=False)
            return
        with self.still():
            token = self.github.world.tokens[run.token]
            token.permissions = _narrowed(job.job.permissions, trusted=run.event.trusted)
        knock.answer(go=True)

    def _act_hooks(self, run: Run, job: JobRun) -> None:
        for hook in self.hooks.take(run, job):
            run.held = True
            try:
                hook.action(run, job)
            finally:
                run.held = False

    def _may_go_on(self, run: Run, job: JobRun) -> bool:
        late = bool(_LATE.search(job.step.step.condition))
        if job.fate in {"runner gone", "refused by its environment"}:
            return False
        if job.fate in {"cancelled", "timed out"}:
            return late and len(job.steps) > 1
        if run.cancelled:
            return late and len(job.steps) > 1
        return True

    def _look_at_clocks(self) -> None:
        now = time.monotonic()
        for run in self._unfinished():
            if run.cancel_at and now > run.cancel_at:
                self.cancel(run)
            if run.cancelled_at and now > run.cancelled_at + _GRACE and run.process:
                run.process.kill()
            for job in run.running:
                if job.doom and now > job.doom:
                    self._doom(job, "runner gone")
                elif job.deadline and now > job.deadline and not run.held:
                    self.narrate("job", f"{run.file}: {job.name} takes too long")
                    self._doom(job, "timed out")

    def _doom(self, job: JobRun, fate: str) -> None:
        """End what a job does now; its later steps are refused when they knock."""
        if job.fate or job.status == "completed":
            return
        job.fate, job.deadline, job.doom = fate, None, None
        if fate == "runner gone":
            processes.kill(job.temporary)
        else:
            processes.kill_step(job.temporary)

    def lose_runner(self, job: JobRun) -> None:
        """The machine of a job is gone, in the middle of whatever it does. From any thread."""
        self._doom(job, "runner gone")

    def doom_after(self, job: JobRun, seconds: float) -> None:
        """The same in so many seconds, if the job goes on for so long."""
        job.doom = time.monotonic() + seconds

    def cancel_after(self, run: Run, seconds: float) -> None:
        """Cancel a run in so many seconds, as if somebody pressed the button then."""
        run.cancel_at = time.monotonic() + seconds

    # Ending.

    def _end_job(self, run: Run, job: JobRun, result: str) -> None:
        processes.kill(job.temporary) if job.temporary else None
        if run.cancelled and result != "success":
            job.fate = job.fate or "cancelled"
        if job.matrix and job.steps:  # act tells of all legs together
            failed = any(each.conclusion == "failure" for each in job.steps)
            result = "failure" if failed else "success"
        job.status, job.conclusion = "completed", FATES[job.fate] if job.fate else result
        if run.cancelled and not job.steps:
            job.conclusion = "cancelled"  # act says success of a job that it did not begin
        self.narrate("job", f"{run.file}: {job.name}: {job.fate or job.conclusion}")
        with self.still():
            self.github.world.tokens[run.token].permissions = {}

    def _end(self, run: Run) -> None:
        assert run.process
        processes.kill(str(run.folder / "jobs"))
        code = run.process.returncode
        for job in run.jobs.values():
            if job.status != "completed":
                job.fate = job.fate or ("cancelled" if run.cancelled else None)
                job.status = "completed"
                job.conclusion = FATES[job.fate] if job.fate else "failure"
        found = {job.conclusion for job in run.jobs.values()}
        if code and not run.cancelled and not found & {"failure", "cancelled"}:
            raise Unsupported(f"{run.file}: act ended with {code}:\n{run.log}")
        self._refuse_forgotten(run)
        if not self.settings.keep:
            shutil.rmtree(run.folder)
        with self.still():
            del self.github.world.tokens[run.token]
        if run.cancelled:
            self._complete(run, "cancelled")
        else:
            ranked = ("failure", "cancelled", "success")
            self._complete(run, next((x for x in ranked if x in found), "skipped"))

    def _refuse_forgotten(self, run: Run) -> None:
        """act gives up where a matrix comes from a job that failed; GitHub goes on with what may still run."""
        if run.cancelled or not any("matrix" in error for error in run.errors):
            return
        begun = {job.id for job in run.jobs.values()}
        for job in run.workflow.jobs.values():
            if job.id not in begun and self._would_run(run, job.id):
                raise Unsupported(f"{run.file}: act stopped before {job.id}\n{run.log}")

    def _would_run(self, run: Run, name: str) -> bool:
        job = run.workflow.jobs[name]
        results = [result_of(run, need) for need in job.needs]
        functions = {
            "success": lambda: all(result == "success" for result in results),
            "failure": lambda: "failure" in results,
            "always": lambda: True,
            "cancelled": lambda: False,
        }
        contexts = of_job(self.repository, run, {})
        return condition_holds(job.condition or "success()", contexts, functions)

    def _refuse_lost_always(self, run: Run) -> None:
        """act does not run the steps of a job with `always()` once it is interrupted; GitHub does."""
        begun = {job.id for job in run.jobs.values()}
        for job in run.workflow.jobs.values():
            if job.id not in begun and "always()" in job.condition:
                raise Unsupported(f"{run.file}: {job.id} would run after the cancellation")

    def _complete(self, run: Run, conclusion: str) -> None:
        with self.still():
            run.record.status, run.record.conclusion = "completed", conclusion
            run.record.updated_at = self.github.now()
        self.narrate("run-ended", f"{run.file}: {conclusion}: {run.title}")
        waiting = [x for x in self._unfinished() if x.group == run.group and not x.holds]
        if run.group is not None and run.holds and waiting:
            waiting[-1].holds = True
        self.ended(run)

    # Artifacts, which steps reach by their own way, not with GITHUB_TOKEN.

    def artifact(self, method: str, name: str, temporary: str, body: bytes) -> Reply:
        """Store or fetch an artifact for the step of a stand-in action that is at work in that folder."""
        found = [(run, job) for run in self._unfinished() for job in run.running if job.temporary == temporary]  # fmt: skip
        if not found or not found[0][1].step.step.uses.startswith("actions/"):
            return Reply(403, b"no step of an artifact action is at work here")
        run = found[0][0]
        with self.still():
            known = self.github.world.repository(self.repository).artifacts
            mine = [x for x in known if (x.run_id, x.name) == (run.id, name)]
            if method == "GET":
                content = mine[0].content if mine else None
                return Reply(200, content) if content is not None else Reply(404, b"Artifact not found for name: " + name.encode())  # fmt: skip
            if mine:
                return Reply(409, b"an artifact with this name already exists on the workflow run")
            self.github.add_artifact(self.repository, run.id, name, body)
        return Reply(201)


def _narrowed(permissions: Mapping[str, str], *, trusted: bool) -> dict[str, str]:
    """A fork's run may read what it would write."""
    cut = {"write": "read"} if not trusted else {}
    return {area: cut.get(level, level) for area, level in permissions.items()}


def new_folder(base: Path, run_id: int) -> Path:
    """Where a run's clone and the folders of its jobs lie."""
    return base / f"run-{run_id}"
