"""What a test does while a run is at a given step."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.runs import JobRun, Run

Action = Callable[[Run, JobRun], None]


@dataclass
class Hook:
    """`action` is called once, before the step begins, which waits until it returns, or does not run (`instead`).

    `step` is an id, an index or a part of the name; None: the job's first. `matrix` picks a leg by its values.
    """

    file: str
    job: str
    step: str | int | None
    action: Action
    matrix: tuple[object, ...] = ()
    instead: bool = False
    times: int = 1

    def fits(self, run: Run, job: JobRun) -> bool:
        """Whether a job is at this hook's step."""
        if run.file != self.file or job.id != self.job:
            return False
        if self.matrix and tuple(job.matrix.values()) != self.matrix:
            return False
        if self.step is None:
            return len(job.steps) == 1
        step = job.step.step
        if isinstance(self.step, int):
            return job.job.steps[self.step] == step
        return self.step == step.id or self.step in step.name


class Hooks:
    """Those that have not been called yet."""

    def __init__(self) -> None:
        self.waiting: list[Hook] = []

    def add(self, hook: Hook) -> None:
        self.waiting.append(hook)

    def take(self, run: Run, job: JobRun) -> list[Hook]:
        """The hooks of this point, which are then used up."""
        found = [hook for hook in self.waiting if hook.fits(run, job)]
        for hook in found:
            hook.times -= 1
        self.waiting = [hook for hook in self.waiting if hook.times > 0]
        return found
