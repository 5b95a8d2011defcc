"""The story: what Ann, a maintainer and the model's owner do, while the workflows really run."""

import re

from examples.demo.prepare import BOARD, MAINTAINER, MODEL, submission
from examples.demo.recorder import Listener, Recorder
from examples.demo.things import Job
from tests.harness.world import World
from tests.standins.github.world import Pull
from tests.standins.server import Exchange

OWNER = MODEL.partition("/")[0]
_TOLD = (  # lines of logs that belong to the story
    re.compile(
        r"(?P<job>evaluate[^|]*) \| (?:│ )?(?P<line>loading \S.*|\[\d+/\d+\] \S+  [^:]* in .*)"
    ),
    re.compile(r"(?P<job>verify[^|]*) \| (?P<line>\S.*)"),
)
_PATIENCE = 1800  # seconds; a busy machine takes its time
_BODY = """\
A small and fast sentence encoder, on the three news tasks of this board.

- [x] I may publish its scores
- [x] Its training data hold no text of the tasks
"""


class Stopped(Exception):
    """The story does not go on: something did not happen that should have."""


class Stage:
    """A world that runs workflows, and the recorder of what happens on it."""

    def __init__(self, world: World, listener: Listener) -> None:
        self.world = world
        self.recorder = Recorder(
            world.github, world.hub, board=BOARD, model=MODEL, listener=listener,
            jobs_of=self._jobs,
        )  # fmt: skip
        world.github_server.watch = world.hub_server.watch = self._answered

    def hear(self, kind: str, text: str) -> None:
        """Something goes on in a run."""
        self.recorder.look()
        if kind == "log" and (line := told_of(text)):
            self.recorder.logged(*line)

    def _answered(self, exchange: Exchange) -> None:
        if exchange.writes:
            self.recorder.look()

    def _jobs(self, run_id: int) -> tuple[Job, ...]:
        runs = [run for run in list(self.world.runs) if run.id == run_id]
        return tuple(
            Job(job.name, job.status, job.conclusion)
            for run in runs
            for job in list(run.jobs.values())
        )


def told_of(text: str) -> tuple[str, str] | None:
    """Job and line of a log, where it belongs to the story."""
    found = next((found for one in _TOLD if (found := one.fullmatch(text))), None)
    return (found["job"], found["line"]) if found else None


def tell(stage: Stage) -> None:
    """All of it, act by act.

    Raises:
        Stopped: the bot did not do its part.
    """
    world, act = stage.world, stage.recorder.act
    act(
        "A pull request from a fork",
        "Ann proposes a model for the board. Her config has three mistakes that people make.",
    )
    pull = world.open_pull("ann", submission("broken"), "Add all-MiniLM-L6-v2", body=_BODY)
    _settle(stage)
    _require_label(pull, "invalid")
    act("The mistakes are mended", "She pushes again, and learns what the evaluation will take.")
    world.push(pull, submission("mended"), message="Full revision, file name, score as a fraction")
    _settle(stage)
    _require_label(pull, "validated")
    act(
        "A maintainer starts the evaluation",
        "Only people with write permission can. It runs on the machine with the GPU, here the CPU, in a sandbox: "
        "no network, no token, nothing to write to but its own output.",
    )
    world.comment(pull, MAINTAINER, "/evaluate")
    _settle(stage)
    _require_label(pull, "evaluated")
    _require(world.hub.state(MODEL)["pulls"], "the results were not offered on the Hub")
    act("The maintainer merges", "The results of exactly this commit become part of the board.")
    world.merge(pull, MAINTAINER)
    _settle(stage)
    _require(_accepted(world), "the board does not have the results")
    act("The model's owner accepts", "The card on the Hub shows the results from now on.")
    world.hub.merge_pull(MODEL, 1, OWNER)
    act("The daily check", "Are the results public, as they were measured?")
    world.tick("verify.yml")
    _settle(stage)
    _require(world.run_of("verify.yml").conclusion == "success", "the check found them wanting")


def _settle(stage: Stage) -> None:
    """Let the workflows run until nothing goes on."""
    stage.recorder.look()
    stage.world.settle(_PATIENCE)
    stage.recorder.look()


def _accepted(world: World) -> bool:
    git = world.github.world.repository(BOARD).git
    folder = f"results/{MODEL.replace('/', '__')}/"
    return any(entry.path.startswith(folder) for entry in git.tree("refs/heads/main"))


def _require_label(pull: Pull, state: str) -> None:
    found = ", ".join(pull.labels) or "none"
    _require(pull.labels == [f"mteb: {state}"], f"its label is {found}, not {state}")


def _require(condition: object, otherwise: str) -> None:
    if not condition:
        raise Stopped(otherwise)
