"""Where scenarios begin: made once by the workflows themselves, then copied."""

import fcntl
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from tests.e2e.board import AUTHOR, MAINTAINER, Board
from tests.e2e.ends import same
from tests.harness.world import GPU, Seed, World
from tests.recorded_evaluation import Recorded, recorded
from tests.small_submission import TASKS, Submission, put_on_hub
from tests.standins.github.app import LocalGithub
from tests.standins.hub.app import LocalHub

HUB_BOT = "mteb-bot"
Narrate = Callable[[str, str], None]


class Stage(Enum):
    """What has happened before a scenario begins."""

    EMPTY = "a board; the model is on the Hub"
    VALIDATED = "a pull request that was checked"
    MEASURED = "the same, and what an evaluation of it leaves is known"
    EVALUATED = "a pull request that was evaluated"
    MERGED = "a pull request that was accepted and published"


@dataclass(frozen=True)
class _Kept:
    """All there is of a stage but the folders of the repositories."""

    github: Any
    hub: Any
    passed: Any
    submission: Submission
    evaluation: Recorded | None


@dataclass(frozen=True)
class Stages:
    """The stages that have been made, below a folder; processes share it."""

    folder: Path

    @contextmanager
    def board(self, stage: Stage, folder: Path, hear: Narrate) -> Iterator[Board]:
        """A board of one's own that stands at a stage."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = None if stage is Stage.EMPTY else self._kept(stage, hear)
        world = World(folder, on_event=hear, seed=self._seed(stage, kept) if kept else None)
        world.settings.runners[:] = [GPU]
        world.github.world.dated_commits = True  # verify.yml asks when results came
        with world:
            self._install_once(folder)
            if kept:
                board = Board(world, kept.submission, kept.evaluation)
            else:
                board = Board(world, put_on_hub(world.hub))
                world.hub.add_token(HUB_BOT, write=[])
            tokens = world.hub.hub.tokens.values()
            board.hub_token(next(x.value for x in tokens if x.user == HUB_BOT))
            yield board

    def _install_once(self, folder: Path) -> None:
        """What the set-up of one job has found installed, it finds in the others of all boards."""
        installed = self.folder / "installed"
        installed.mkdir(exist_ok=True)
        (folder / "actions" / "setup-python" / "installed").symlink_to(installed)

    def _kept(self, stage: Stage, hear: Narrate) -> _Kept:
        if stage is not Stage.MEASURED:
            return self._made(stage, hear)
        evaluated = self._made(Stage.EVALUATED, hear)
        return replace(self._made(Stage.VALIDATED, hear), evaluation=evaluated.evaluation)

    def _seed(self, stage: Stage, kept: _Kept) -> Seed:
        folder = Stage.VALIDATED if stage is Stage.MEASURED else stage
        there = self.folder / folder.name.lower()
        github, hub = LocalGithub(there / "github"), LocalHub(there / "hub")
        github.world, hub.hub = kept.github, kept.hub
        return Seed(github, hub, kept.passed)

    def _made(self, stage: Stage, hear: Narrate) -> _Kept:
        """A stage, which the first that wants it makes while others wait."""
        there = self.folder / stage.name.lower()
        with (self.folder / f"{stage.name.lower()}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (there / "kept").exists():
                shutil.rmtree(there, ignore_errors=True)
                kept = self._make(stage, there, hear)
                (there / "kept").write_bytes(pickle.dumps(kept))
            found: _Kept = pickle.loads((there / "kept").read_bytes())  # noqa: S301 -- written by ourselves
            return found

    def _make(self, stage: Stage, there: Path, hear: Narrate) -> _Kept:
        before, act = _STEPS[stage]
        with self.board(before, there, hear) as board:
            evaluation = act(board) or board.evaluation
            board.quiet()
        world = board.world
        return _Kept(world.github.world, world.hub.hub, world.passed, board.submission, evaluation)


def _validated(board: Board) -> Recorded | None:
    board.world.open_pull(AUTHOR, board.submission.files, "Add acme/tiny")
    board.settle()
    board.shows("validated", "**Valid: 2 tasks to evaluate.**", "2 custom tasks among them")
    return None


def _evaluated(board: Board) -> Recorded | None:
    """The only real evaluation; others get again what it left."""
    board.ask("/evaluate")
    run = board.conclude("evaluate.yml", "success")
    board.conclude("report.yml", "success", publish="skipped")
    board.shows("evaluated", *TASKS, "Next: merging this pull request accepts these results.")
    board.offers()
    return recorded(board.world, run)


def _merged(board: Board) -> Recorded | None:
    board.world.merge(board.pull, MAINTAINER)
    board.settle()
    board.conclude("accept.yml", "success", accept="success", publish="success", stop="skipped")
    board.conclude("publish.yml", "success")
    board.accepts(*TASKS)
    board.offers("open")
    same("labels", board.pull.labels, ["mteb: evaluated"])
    return None


_STEPS: dict[Stage, tuple[Stage, Callable[[Board], Recorded | None]]] = {
    Stage.VALIDATED: (Stage.EMPTY, _validated),
    Stage.EVALUATED: (Stage.VALIDATED, _evaluated),
    Stage.MERGED: (Stage.EVALUATED, _merged),
}
