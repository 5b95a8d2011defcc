"""commands.yml: /retry, after whatever failed."""

from tests.e2e.board import Board
from tests.e2e.ends import same
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness.world import GPU
from tests.small_submission import TASKS


def _retry_lost_machine(board: Board) -> None:
    _lose(board)
    board.shows("failed", "its machine went away", "`/retry`")
    board.replay()
    board.ask("/retry")
    board.shows("evaluated", *TASKS)
    same(
        "evaluations",
        [x.conclusion for x in board.world.runs_of("evaluate.yml")],
        ["failure", "success"],
    )


def _retry_keeps_request(board: Board) -> None:
    """The second evaluation is of what the first was asked for."""
    _lose(board, "/evaluate AcmeClusters")
    board.world.settings.runners.clear()
    board.ask("/retry")
    same("request", board.world.run_of("evaluate.yml").event.inputs["request"], "AcmeClusters")
    board.cancel_all()


def _retry_cancelled(board: Board) -> None:
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    board.ask("/cancel")
    board.shows("cancelled")
    board.world.settings.runners.append(GPU)
    board.replay()
    board.ask("/retry")
    board.shows("evaluated", *TASKS)


def _retry_lost_report(board: Board) -> None:
    """The evaluation went well, and the machine that should have told of it went away."""
    board.replay()
    board.world.lose_runner("report.yml", "collect", "Validate what")
    board.ask("/evaluate")
    board.conclude("report.yml", "failure")
    board.shows("running")
    board.ask("/retry")
    board.answers_with("**Reading run", "again.**")
    board.shows("evaluated", *TASKS)
    same("evaluations", len(board.world.runs_of("evaluate.yml")), 1)


def _retry_lost_plan(board: Board) -> None:
    board.world.lose_runner("evaluate.yml", "plan", "Plan")
    board.ask("/evaluate")
    board.shows("failed", "ended before it was planned")
    board.replay()
    board.ask("/retry")
    board.shows("evaluated", *TASKS)


def _retry_lost_acceptance(board: Board) -> None:
    board.world.lose_runner("accept.yml", "accept", "Accept the results")
    board.world.merge(board.pull)
    board.settle()
    board.conclude("accept.yml", "failure")
    board.accepts()
    board.ask("/retry")
    board.answers_with("**Accepting again.**")
    board.accepts(*TASKS)
    board.offers("open")


def _retry_nothing(board: Board) -> None:
    before = board.comment()
    board.ask("/retry")
    board.answers_with("Nothing has failed there that could be tried again.")
    same("the comment", board.comment(), before)
    board.ran(commands=1)


def _lose(board: Board, line: str = "/evaluate") -> None:
    """An evaluation whose machine goes away."""
    board.world.lose_runner("evaluate.yml", "evaluate", "Prefetch")
    board.ask(line)
    board.conclude("evaluate.yml", "failure", evaluate="failure")


_V, _M, _E = Stage.VALIDATED, Stage.MEASURED, Stage.EVALUATED
SCENARIOS = (
    Scenario("commands/retry-lost-machine", "/retry after the machine went away", _M, _retry_lost_machine),
    Scenario("commands/retry-keeps-request", "/retry of an evaluation of some tasks", _V, _retry_keeps_request),
    Scenario("commands/retry-cancelled", "/retry after /cancel", _M, _retry_cancelled),
    Scenario("commands/retry-lost-report", "/retry where the report got lost", _M, _retry_lost_report),
    Scenario("commands/retry-lost-plan", "/retry where it ended before it was planned", _M, _retry_lost_plan),
    Scenario("commands/retry-lost-acceptance", "/retry where a merged pull request was not accepted", _E, _retry_lost_acceptance),
    Scenario("commands/retry-nothing", "/retry where nothing failed", _E, _retry_nothing),
)  # fmt: skip
