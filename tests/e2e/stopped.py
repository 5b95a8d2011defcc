"""evaluate.yml: evaluations that are stopped, or whose machine goes away, and what is told of them."""

from tests.e2e.board import Board
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness.world import GPU
from tests.small_submission import TASKS

_FILE = "evaluate.yml"


def _cancelled_for_real(board: Board) -> None:
    """While the sandbox works."""
    board.world.at(
        _FILE, "evaluate", "Evaluate", lambda run, _job: board.world.cancel_after(run, 4)
    )
    board.ask("/evaluate")
    board.conclude(_FILE, "cancelled", plan="success", running="success", evaluate="cancelled")
    board.conclude("report.yml", "success")
    board.shows("cancelled", "**Cancelled.**")
    board.offers()


def _cancelled_by_button(board: Board) -> None:
    board.world.at(_FILE, "plan", "Plan", lambda run, _job: board.world.cancel(run))
    board.ask("/evaluate")
    board.conclude(_FILE, "cancelled", plan="cancelled", evaluate="skipped")
    board.shows("cancelled", "**Cancelled.**")


def _pushed_before_plan(board: Board) -> None:
    """The run stops itself, or the push's own check stops it: whichever is the first."""
    before = board.pull.head_sha

    def push(*_: object) -> None:
        board.world.push(board.pull, {"models/acme/notes.md": "More words."})

    board.world.at(_FILE, "plan", "Check who asked", push)
    board.ask("/evaluate")
    _must_stop_early(board, "superseded: the head of pull request #1 is")
    board.shows("validated", "**Valid: 2 tasks")
    same("the old commit's check", board.check(before).status, "completed")


def _must_stop_early(board: Board, why: str) -> None:
    """The run refused to go on, or the other event's workflow cancelled it first; no machine was asked."""
    run = board.world.run_of(_FILE)
    if run.conclusion != "cancelled":
        same("the end of evaluate.yml", run.conclusion, "failure")
        says("its log", run.log, [why])
    same(
        "machines that were asked",
        [job.id for job in run.jobs.values() if job.id == "evaluate"],
        [],
    )


def _pushed_before_report(board: Board) -> None:
    """The scores are those of the old commit, and are shown as such."""
    before = board.pull.head_sha
    board.replay()

    def push(*_: object) -> None:
        board.world.push(board.pull, {"models/acme/notes.md": "More words."})
        board.settle()

    board.world.at("report.yml", "report", "Say how it ended", push)
    board.ask("/evaluate")
    board.conclude("report.yml", "success")
    board.shows("validated", "**Valid: 2 tasks")
    same("the old commit's check", board.check(before).status, "completed")
    board.offers()


def _closed(board: Board) -> None:
    board.world.instead(_FILE, "evaluate", "Prefetch", lambda *_: None)

    def close(*_: object) -> None:
        board.world.close(board.pull)
        board.settle()

    board.world.at(_FILE, "evaluate", "Evaluate", close)
    board.ask("/evaluate")
    board.conclude("accept.yml", "success", stop="success", accept="skipped")
    board.conclude(_FILE, "cancelled", evaluate="cancelled")
    board.shows("cancelled", "This pull request is closed already", "**Cancelled.**")
    board.accepts()
    board.offers()


def _closed_before_plan(board: Board) -> None:
    board.world.at(_FILE, "plan", "Check who asked", lambda *_: board.world.close(board.pull))
    board.ask("/evaluate")
    _must_stop_early(board, "superseded: pull request #1 is closed")
    board.accepts()


def _timeout(board: Board) -> None:
    board.world.settings.limits[_FILE, "evaluate"] = 3.0
    board.ask("/evaluate")
    run = board.world.run_of(_FILE)
    same("what befell the job", run.job("evaluate").fate, "timed out")
    board.conclude("report.yml", "success")
    same("an end that is told", board.pull.labels[0] in {"mteb: failed", "mteb: cancelled"}, True)
    board.shows(board.pull.labels[0].removeprefix("mteb: "), "maintainer comments")
    del board.world.settings.limits[_FILE, "evaluate"]


def _lost_runner(board: Board) -> None:
    """While the sandbox works."""
    board.world.lose_runner(_FILE, "evaluate", "Evaluate", after=4)
    board.ask("/evaluate")
    board.conclude(_FILE, "failure", evaluate="failure")
    board.conclude("report.yml", "success")
    board.shows("failed", "its machine went away", "`/retry`")
    board.offers()


def _no_runner(board: Board) -> None:
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    run = board.world.run_of(_FILE)
    same(
        "the evaluation waits", (run.status, run.job("evaluate").status), ("in_progress", "queued")
    )
    board.world.cancel(run)
    board.settle()
    board.conclude(_FILE, "cancelled")
    board.shows("cancelled", "**Cancelled.**")


def _late_runner(board: Board) -> None:
    board.world.settings.runners.clear()
    board.replay()
    board.ask("/evaluate")
    board.world.settings.runners.append(GPU)
    board.settle()
    board.shows("evaluated", *TASKS)


_V, _M = Stage.VALIDATED, Stage.MEASURED
SCENARIOS = (
    Scenario("evaluate/cancelled", "cancelled while the sandbox works", _V, _cancelled_for_real),
    Scenario("evaluate/cancelled-early", "cancelled before it is planned", _V, _cancelled_by_button),
    Scenario("evaluate/pushed-before-plan", "a push between approval and checkout", _V, _pushed_before_plan),
    Scenario("evaluate/pushed-before-report", "a push between evaluation and report", _M, _pushed_before_report),
    Scenario("evaluate/closed", "the pull request is closed during the run", _V, _closed),
    Scenario("evaluate/closed-early", "the pull request is closed before it is planned", _V, _closed_before_plan),
    Scenario("evaluate/timeout", "the job takes too long", _V, _timeout),
    Scenario("evaluate/lost-runner", "the machine goes away while the sandbox works", _V, _lost_runner),
    Scenario("evaluate/no-runner", "no machine, then cancelled", _V, _no_runner),
    Scenario("evaluate/late-runner", "no machine at first", _M, _late_runner),
)  # fmt: skip
