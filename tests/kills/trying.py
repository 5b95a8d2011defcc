"""Tells stories undisturbed, takes machines away in them, and compares how they end."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.runs import JobRun, Run
from tests.harness.world import Seed
from tests.kills.ending import answers, differences, ending, said
from tests.kills.points import Point
from tests.kills.saved import Board, Ports, free_ports
from tests.kills.story import ACTS, STORIES, Stage
from tests.recorded_evaluation import Recorded, recorded
from tests.small_submission import Submission, put_on_hub
from tests.standins.server import Exchange

_EVALUATE = "evaluate.yml"


@dataclass
class Told:
    """A story as it goes when nothing is killed: the world before each act, and what it has come to after it."""

    before: dict[str, Seed] = field(default_factory=dict)
    after: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What became of a point: `complaint` is empty where it ends as it should."""

    complaint: str
    meanwhile: str  # what the bot's comment said when the machine was gone, and what was answered


class Bench:
    """All that points share. The first story is measured for real, every other is given the same results."""

    def __init__(self, folder: Path, ports: Ports | None = None) -> None:
        self.folder, self.ports = folder, ports or free_ports()
        self._told: dict[str, Told] = {}
        self._recorded: Recorded | None = None
        self._submission: Submission | None = None

    def told(self, story: str) -> Told:
        """A story undisturbed."""
        if story not in self._told:
            self._told[story] = self._tell(story)
        return self._told[story]

    def try_point(self, point: Point) -> Result:
        """Take a machine away, do what a maintainer does then, and compare; `onward`, go on to the end of the story."""
        told, acts = self.told(point.story), STORIES[point.story]
        later = acts[acts.index(point.act) + 1 :] if point.onward else ()
        with self._stage(told.before[point.act], real=point.real) as stage:
            kill = Kill(stage.board, point)
            ACTS[point.act](stage)
            stage.board.settle()
            if not kill.happened:
                return Result("nothing was killed: no run came to this point", said(stage.board))
            meanwhile = said(stage.board)
            for comment in point.comments:
                self._replay(stage.board)
                stage.comment(comment)
                stage.board.settle()
            meanwhile += "".join(f"; answered: {one}" for one in answers(stage.board))
            found = differences(told.after[point.act], ending(stage.board))
            for act in later:
                self._replay(stage.board)
                ACTS[act](stage)
                stage.board.settle()
                found += differences(told.after[act], ending(stage.board))
            return Result("\n  ".join(found), meanwhile)

    def _tell(self, story: str) -> Told:
        told = Told()
        with self._stage(None) as stage:
            for act in STORIES[story]:
                told.before[act] = stage.board.keep(Path(tempfile.mkdtemp(dir=self.folder)))
                ACTS[act](stage)
                stage.board.settle()
                told.after[act] = ending(stage.board)
            bad = [run for run in stage.board.runs if run.conclusion != "success"]
            assert not bad, "\n".join(f"{run}\n{run.log[-3000:]}" for run in bad)
            if self._recorded is None and stage.board.runs_of(_EVALUATE):
                self._recorded = recorded(stage.board, stage.board.run_of(_EVALUATE))
        return told

    @contextmanager
    def _stage(self, seed: Seed | None, *, real: bool = False) -> Iterator[Stage]:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        board = Board(folder / "world", self.ports, seed)
        if seed is None or self._submission is None:
            self._submission = put_on_hub(board.hub)
        with board:
            self._share_installed(folder / "world")
            if not real:
                self._replay(board)
            yield Stage(board, self._submission)
        shutil.rmtree(folder)

    def _share_installed(self, world: Path) -> None:
        """What the set-up of one job has found installed, it finds in all others."""
        installed = self.folder / "installed"
        installed.mkdir(exist_ok=True)
        (world / "actions" / "setup-python" / "installed").symlink_to(installed)

    def _replay(self, board: Board) -> None:
        """The next evaluation is given results, however far an earlier one has come."""
        kept = [hook for hook in board.state.hooks.waiting if not hook.instead]
        board.state.hooks.waiting = kept
        if self._recorded:
            self._recorded.replay(board)


class Kill:
    """Waits for a point to come, and takes the machine away."""

    def __init__(self, board: Board, point: Point) -> None:
        self.board, self.point = board, point
        self.job: JobRun | None = None
        self._left = point.writes
        board.at(point.file, point.job, point.step, self._arrived)

    @property
    def happened(self) -> bool:
        """Whether a machine was taken away."""
        return self.job is not None and self.job.fate == "runner gone"

    def _arrived(self, _run: Run, job: JobRun) -> None:
        self.job = job
        if self.point.seconds:
            job.doom = time.monotonic() + self.point.seconds
        elif self.point.writes:
            self.board.github_server.watch = self.board.hub_server.watch = self._answered
        else:
            self.board.kill(job)

    def _answered(self, exchange: Exchange) -> None:
        if self.job and exchange.writes and self.job.status == "in_progress":
            self._left -= 1
            if self._left == 0:
                self.board.kill(self.job)
