"""Running scenarios, and what came of each."""

import shutil
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.board import Board
from tests.e2e.ends import WrongEnd
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stages
from tests.e2e.table import SCENARIOS

_LINES = 40  # of the log of a run that failed
_LONGEST = 3000  # characters of a comment


@dataclass(frozen=True)
class Result:
    """`words` are empty where it passed."""

    name: str
    title: str
    words: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the end was as it must be."""
        return not self.words


def run_named(name: str, folder: Path) -> Result:
    """Run one scenario; stages are shared below the folder."""
    (one,) = (x for x in SCENARIOS if x.name == name)
    return run(one, Stages(folder))


def run(scenario: Scenario, stages: Stages) -> Result:
    """Tell a scenario in a folder of its own, which is removed."""
    began = time.monotonic()
    stages.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="world-", dir=stages.folder))
    folder.chmod(0o755)  # the sandbox's user reads what lies below
    try:
        words = _told(scenario, stages, folder / "world")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Result(scenario.name, scenario.title, words, time.monotonic() - began)


def _told(scenario: Scenario, stages: Stages, folder: Path) -> str:
    boards: list[Board] = []
    try:
        with stages.board(scenario.stage, folder, lambda _kind, _text: None) as board:
            boards.append(board)
            scenario.tell(board)
            board.quiet()
    except WrongEnd as wrong:
        return "\n\n".join([str(wrong), *map(end_of, boards)])
    except Exception:  # noqa: BLE001 -- whatever it is, the scenario failed, and the others go on
        return "\n\n".join([traceback.format_exc(), *map(end_of, boards)])
    return ""


def end_of(board: Board) -> str:
    """What a person looks at who wants to know why: pull requests, comments, runs, the log of the last that failed."""
    parts = []
    for number, pull in board.world.state.board.pulls.items():
        said = "\n---\n".join(f"{x.author}: {x.body[:_LONGEST]}" for x in pull.comments)
        parts.append(f"#{number} {pull.state} {pull.labels}\n{said}")
    parts.append("\n".join(map(repr, board.world.runs)))
    failed = [x for x in board.world.runs if x.conclusion not in {"success", "skipped"}]
    if failed:
        one = failed[-1]
        parts.append("\n".join([f"log of {one.file}:", *one.log.splitlines()[-_LINES:]]))
    return "\n\n".join(parts)
