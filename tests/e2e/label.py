"""commands.yml: labels, which ask for an evaluation where a maintainer sets the right one."""

from tests.e2e.board import MAINTAINER, Board
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness.people import Refused
from tests.standins.github.world import Label

_STRANGER = "Only maintainers of this repository start, stop and publish evaluations."


def _label(board: Board) -> None:
    board.world.settings.runners.clear()
    board.world.label(board.pull, MAINTAINER, "evaluate")
    board.settle()
    run = board.world.run_of("evaluate.yml")
    same("approval", run.event.inputs["approval"], f"label:{MAINTAINER}")
    same("the label is gone", "evaluate" in board.pull.labels, False)
    board.cancel_all()


def _triage_label(board: Board) -> None:
    world = board.world
    world.github.set_permission("lab/board", "tria", "triage")
    world.state.board.labels.append(Label(world.github.world.next_id(), "evaluate", "ededed"))
    world.label(board.pull, "tria", "evaluate")
    board.settle()
    board.answers_with(_STRANGER)
    board.shows("validated")
    board.ran(commands=1)


def _read_label(board: Board) -> None:
    try:
        board.world.label(board.pull, "mallory", "evaluate")
    except Refused as refused:
        says("GitHub's answer", str(refused), ["403"])
    board.settle()
    board.ran()


def _other_label(board: Board) -> None:
    board.world.label(board.pull, MAINTAINER, "nice")
    board.settle()
    board.conclude("commands.yml", "skipped")
    same("labels", sorted(board.pull.labels), ["mteb: validated", "nice"])


_V = Stage.VALIDATED
SCENARIOS = (
    Scenario("commands/label", "the label `evaluate` by a maintainer", _V, _label),
    Scenario("commands/label-triage", "the label by a person who may only triage", _V, _triage_label),
    Scenario("commands/label-read", "the label by a stranger", _V, _read_label),
    Scenario("commands/label-other", "another label", _V, _other_label),
)  # fmt: skip
