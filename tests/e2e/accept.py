"""accept.yml: what a closed pull request brings to the default branch, and what not."""

from tests.e2e.board import AUTHOR, MAINTAINER, Board
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.small_submission import TASKS
from tests.standins.server import Exchange

_FILE = "accept.yml"


def _merged(board: Board) -> None:
    """What the stage has come to."""
    board.accepts(*TASKS)
    for task in TASKS:
        same(f"the task of {task}.json", board.result(task)["task_name"], task)
    message = board.world.state.board.git.git(
        "log", "-1", "--format=%B", "refs/heads/main"
    ).decode()
    says("the commit on main", message, ["Results of acme/tiny (#1)", "2 tasks, evaluated by run"])
    same("the pull request", board.pull.state, "closed")
    board.ran()


def _squashed(board: Board) -> None:
    """The commit on main is another one than the head that was evaluated; the pull request says which that was."""
    board.world.merge(board.pull, method="squash")
    board.settle()
    board.conclude(_FILE, "success", accept="success", publish="success")
    board.accepts(*TASKS)
    board.offers("open")


def _without_results(board: Board) -> None:
    board.world.merge(board.pull)
    board.settle()
    board.conclude(_FILE, "success", accept="success", publish="skipped")
    says("its log", board.world.run_of(_FILE).log, ["models/acme/tiny.yaml: no results"])
    board.accepts()
    board.offers()
    board.ran(accept=1)


def _closed(board: Board) -> None:
    board.world.close(board.pull)
    board.settle()
    board.conclude(_FILE, "success", stop="success", accept="skipped", publish="skipped")
    board.accepts()
    board.offers()
    board.ran(accept=1)


def _pushed(board: Board) -> None:
    """What was evaluated is not what was merged."""
    board.world.push(board.pull, {"models/acme/notes.md": "More words."})
    board.settle()
    board.shows("validated")
    board.world.merge(board.pull)
    board.settle()
    board.conclude(_FILE, "success", accept="success", publish="skipped")
    board.accepts()
    board.offers()


def _pushed_unchecked(board: Board) -> None:
    """A push and a merge in one breath: the bot's comment is about the old commit still."""
    world = board.world
    board.world.at("validate.yml", "stop", None, lambda *_: world.merge(board.pull))
    world.push(board.pull, {"models/acme/notes.md": "More words."})
    board.settle()
    board.conclude(_FILE, "success", accept="success", publish="skipped")
    board.accepts()
    board.offers()


def _twice(board: Board) -> None:
    before = board.world.state.tip
    board.world.dispatch(MAINTAINER, _FILE, {"pull": "1"})
    board.settle()
    board.conclude(_FILE, "success", accept="success")
    same("main", board.world.state.tip, before)
    board.accepts(*TASKS)
    board.offers("open")


def _by_hand(board: Board) -> None:
    """The machine went away when it was merged; somebody starts it by hand."""
    board.world.lose_runner(_FILE, "accept", "Accept the results")
    board.world.merge(board.pull)
    board.settle()
    board.conclude(_FILE, "failure")
    board.world.dispatch(MAINTAINER, _FILE, {"pull": "1"})
    board.settle()
    board.conclude(_FILE, "success", accept="success", publish="success")
    board.accepts(*TASKS)
    board.offers("open")


def _by_hand_open(board: Board) -> None:
    board.world.dispatch(MAINTAINER, _FILE, {"pull": "1"})
    board.settle()
    board.conclude(_FILE, "failure", accept="failure")
    board.accepts()


def _by_hand_closed(board: Board) -> None:
    board.world.close(board.pull)
    board.world.dispatch(MAINTAINER, _FILE, {"pull": "1"})
    board.settle()
    board.conclude(_FILE, "failure", accept="failure")
    board.accepts()


def _main_moved(board: Board) -> None:
    """Somebody pushes to main between the checkout and the commit: their files and the results are both there."""
    world = board.world

    def push(*_: object) -> None:
        world.push_main({"NEWS.md": "News.\n"}, MAINTAINER)

    world.at(_FILE, "accept", "Accept the results", push)
    world.merge(board.pull)
    board.settle()
    board.conclude(_FILE, "success")
    board.accepts(*TASKS)
    same(
        "the other commit's file",
        world.state.board.git.read("refs/heads/main", "NEWS.md"),
        b"News.\n",
    )


def _main_moves_at_last(board: Board) -> None:
    """The same between the bot's look at main and its own commit: it starts from the newer one."""
    world = board.world
    pushed = []

    def watch(exchange: Exchange) -> None:
        if exchange.method == "POST" and exchange.path.endswith("/git/commits") and not pushed:
            pushed.append(exchange)
            with world.state.still():
                world.github.push("lab/board", "main", {"NEWS.md": b"News.\n"})

    world.github_server.watch = watch
    world.merge(board.pull)
    board.settle()
    same("somebody pushed in between", len(pushed), 1)
    board.conclude(_FILE, "success", accept="success", publish="success")
    board.accepts(*TASKS)
    same(
        "the other commit's file",
        world.state.board.git.read("refs/heads/main", "NEWS.md"),
        b"News.\n",
    )


def _author_closes_while_waiting(board: Board) -> None:
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    board.world.close(board.pull, AUTHOR)
    board.settle()
    board.conclude("evaluate.yml", "cancelled")
    board.shows("cancelled", "This pull request is closed already")
    board.accepts()


_V, _E, _A = Stage.VALIDATED, Stage.EVALUATED, Stage.MERGED
SCENARIOS = (
    Scenario("accept/merged", "merged with results", _A, _merged),
    Scenario("accept/squashed", "merged as one commit", _E, _squashed),
    Scenario("accept/without-results", "merged without an evaluation", _V, _without_results),
    Scenario("accept/closed", "closed without merging", _E, _closed),
    Scenario("accept/closed-waiting", "closed while an evaluation waits", _V, _author_closes_while_waiting),
    Scenario("accept/pushed", "merged after a push that was not evaluated", _E, _pushed),
    Scenario("accept/pushed-unchecked", "merged after a push that was not even checked", _E, _pushed_unchecked),
    Scenario("accept/twice", "accepted again, by a dispatch", _A, _twice),
    Scenario("accept/by-hand", "the machine goes away, then by a dispatch", _E, _by_hand),
    Scenario("accept/by-hand-open", "a dispatch of an open pull request", _E, _by_hand_open),
    Scenario("accept/by-hand-closed", "a dispatch of a closed pull request", _E, _by_hand_closed),
    Scenario("accept/main-moved", "main moves after the checkout", _E, _main_moved),
    Scenario("accept/main-moves-at-last", "main moves right before the commit", _E, _main_moves_at_last),
)  # fmt: skip
