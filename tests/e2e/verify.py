"""verify.yml: is what was accepted lately public, as it was measured?"""

from tests.e2e.board import MAINTAINER, Board
from tests.e2e.ends import says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.small_submission import MODEL
from tests.standins.faults import Fault, Kind

_FILE = "verify.yml"


def _tick(board: Board) -> None:
    board.world.tick(_FILE)
    board.settle()


def _public(board: Board) -> None:
    board.world.hub.merge_pull(MODEL, 1, "acme")
    _tick(board)
    run = board.conclude(_FILE, "success")
    says("its log", run.log, [MODEL, "1 accepted since"])
    board.ran(verify=1)


def _waits(board: Board) -> None:
    """The owner of the model has not looked at it yet: too early, and no failure."""
    _tick(board)
    run = board.conclude(_FILE, "success")
    says("its log", run.log, ["too early"])


def _by_hand(board: Board) -> None:
    board.world.hub.merge_pull(MODEL, 1, "acme")
    board.world.dispatch(MAINTAINER, _FILE, {"days": "3"})
    board.settle()
    says("its log", board.conclude(_FILE, "success").log, ["1 accepted since"])


def _nonsense(board: Board) -> None:
    board.world.dispatch(MAINTAINER, _FILE, {"days": "$(id) --board /"})
    board.settle()
    board.conclude(_FILE, "failure")


def _missing(board: Board) -> None:
    """The owner merged it, then took the results away from the model card."""
    world = board.world
    before = world.hub.hub.find(MODEL)
    card = before.git.read("refs/heads/main", "README.md")
    world.hub.merge_pull(MODEL, 1, "acme")
    changed = {
        x.path for x in before.git.tree("refs/heads/main") if x.path.startswith(".eval_results/")
    }
    world.hub.commit(MODEL, {"README.md": card, **dict.fromkeys(changed)}, "acme")
    _tick(board)
    says("its log", board.conclude(_FILE, "failure").log, ["not ok"])


def _gone(board: Board) -> None:
    board.world.hub.hub.find(MODEL).private = True
    _tick(board)
    says("its log", board.conclude(_FILE, "failure").log, ["not ok"])


def _hub_down(board: Board) -> None:
    board.world.hub_server.inject(Fault(Kind.ERROR_500, at=1, times=100_000))
    _tick(board)
    board.conclude(_FILE, "failure")


def _nothing_accepted(board: Board) -> None:
    _tick(board)
    says("its log", board.conclude(_FILE, "success").log, ["0 accepted since"])


_A = Stage.MERGED
SCENARIOS = (
    Scenario("verify/public", "scheduled: all is public", _A, _public),
    Scenario("verify/waits", "scheduled: the owner has not answered yet", _A, _waits),
    Scenario("verify/by-hand", "by a dispatch", _A, _by_hand),
    Scenario("verify/nonsense", "by a dispatch with days that are none", _A, _nonsense),
    Scenario("verify/missing", "scheduled: the results are gone from the card", _A, _missing),
    Scenario("verify/gone", "scheduled: the model is private now", _A, _gone),
    Scenario("verify/hub-down", "scheduled: the Hub is away", _A, _hub_down),
    Scenario("verify/nothing", "scheduled: nothing was accepted lately", Stage.VALIDATED, _nothing_accepted),
)  # fmt: skip
