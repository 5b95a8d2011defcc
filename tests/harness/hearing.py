"""What act says of its jobs, line by line, and which step a knock is of."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.harness import act
from tests.harness.control import Knock
from tests.harness.runs import FATES, JobRun, Run, StepRun
from tests.harness.shim import MARK
from tests.harness.state import State
from tests.harness.unsupported import Unsupported

# (run, job, knock, whether a step of the workflow begins with it: a composite action knocks more than once)
Arrived = Callable[[Run, JobRun, Knock, bool], None]


class Hearing:
    """Keeps runs up to what act says; `arrived` is told of each step that wants to begin."""

    def __init__(self, state: State, arrived: Arrived, job_ended: Callable[[Run, JobRun], None]) -> None:  # fmt: skip
        self.state, self.arrived, self.job_ended = state, arrived, job_ended
        self._said: dict[str, tuple[Run, JobRun, str]] = {}
        self._knocks: dict[str, Knock] = {}

    def knock(self, knock: Knock) -> None:
        """A step waits; what it printed may not have come yet."""
        self._knocks[knock.mark] = knock
        self._meet(knock.mark)

    def hear(self, run: Run, line: Mapping[str, Any]) -> None:
        """One line."""
        text = str(line.get("msg", "")).rstrip()
        if "jobID" not in line:
            run.errors.append(f"act: {text}")
            return
        if "Skipping unsupported platform" in text:
            raise Unsupported(f"{run.file}: {line['jobID']} runs on labels that act was not told")
        job, step = _job(run, line), (line.get("stepID") or [""])[0]
        if line.get("raw_output"):
            self._output(run, job, step, text)
        elif line.get("command") == "set-output":
            run.outputs.setdefault(f"{job.id}/{step}", {})[line["name"]] = str(line["arg"])
        elif "jobResult" in line:
            _end(run, job, line["jobResult"])
            self.job_ended(run, job)
        elif "stepResult" in line and line.get("stage") == "Main" and len(line["stepID"]) == 1:
            for each in job.steps:
                if each.step.id == step:
                    each.conclusion = "success" if each.step.may_fail else line["stepResult"]

    def _output(self, run: Run, job: JobRun, step: str, text: str) -> None:
        if text.startswith(MARK):
            mark = text.removeprefix(MARK).strip()
            self._said[mark] = (run, job, step)
            self._meet(mark)
            return
        name = job.step.step.name if job.steps else ""
        run.lines.append(f"{job.name} | {name} | {text}")
        self.state.narrate("log", f"{job.name} | {text}")

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
        self.arrived(run, job, knock, begins)


def _job(run: Run, line: Mapping[str, Any]) -> JobRun:
    key = str(line["job"]).strip()
    if key not in run.jobs:
        run.jobs[key] = JobRun(run.workflow.jobs[line["jobID"]], key, line.get("matrix") or {})
    return run.jobs[key]


def _end(run: Run, job: JobRun, result: str) -> None:
    """A job's conclusion: its fate, or what act says of it."""
    if run.cancelled and (result != "success" or not job.steps):
        job.fate = job.fate or "cancelled"  # of a job that it did not begin act says success
    if job.matrix and job.steps:  # act tells of all legs together
        failed = any(each.conclusion == "failure" for each in job.steps)
        result = "failure" if failed else "success"
    job.status, job.conclusion = "completed", FATES[job.fate] if job.fate else result
