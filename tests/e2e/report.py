"""report.yml by hand, and of runs that it must not believe; what it does by itself stands in evaluate.py."""

from tests.e2e.board import MAINTAINER, Board
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.small_submission import TASKS

_FILE = "report.yml"


def _again(board: Board) -> None:
    """The same run is read again: nothing changes."""
    before, run = board.comment(), _evaluation(board)
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(run)})
    board.settle()
    board.conclude(_FILE, "success", collect="success", report="success", publish="skipped")
    same("what the comment says", _without_links(board.comment()), _without_links(before))
    board.shows("evaluated", *TASKS)
    board.ran(report=1)


def _too_early(board: Board) -> None:
    """While the evaluation waits for a machine."""
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    run = board.world.run_of("evaluate.yml")
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(run.id)})
    board.settle()
    board.conclude(_FILE, "failure", collect="failure", report="skipped")
    says("its log", board.world.run_of(_FILE).log, ["wait until it has ended"])
    board.shows("running")
    board.world.cancel(run)
    board.settle()
    board.shows("cancelled", "**Cancelled.**")


def _other_workflow(board: Board) -> None:
    before = board.comment()
    (checked, *_) = board.world.state.board.runs
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(checked.id)})
    board.settle()
    board.conclude(_FILE, "failure", collect="failure", report="skipped")
    says("its log", board.world.run_of(_FILE).log, ["is no evaluation of this board"])
    same("the comment", board.comment(), before)


def _no_number(board: Board) -> None:
    board.world.dispatch(MAINTAINER, _FILE, {"run": '1"; touch pwned; "'})
    board.settle()
    board.conclude(_FILE, "failure", collect="failure", report="skipped")
    board.shows("validated")


def _other_branch(board: Board) -> None:
    """Somebody who may write changes evaluate.yml on a branch of theirs and starts it there."""
    world = board.world
    before = board.comment()
    git = world.state.board.git
    with world.state.still():
        text = git.read("refs/heads/main", ".github/workflows/evaluate.yml")
        mine = text.replace(b"python -m bot authorize", b"true")
        git.git("update-ref", "refs/heads/mine", world.state.tip)
        world.github.push("lab/board", "mine", {".github/workflows/evaluate.yml": mine})
    inputs = {
        "pull": "1", "sha": board.pull.head_sha, "config": "models/acme/tiny.yaml",
        "revision": board.submission.revision,
    }  # fmt: skip
    world.settings.runners.clear()
    world.dispatch(MAINTAINER, "evaluate.yml", inputs, ref="mine")
    board.settle()
    world.cancel(world.run_of("evaluate.yml"))
    board.settle()
    board.conclude(_FILE, "failure", collect="failure", report="skipped")
    says("its log", world.run_of(_FILE).log, ["is no evaluation of this board: by its branch"])
    board.offers()
    del before  # that a maintainer's own workflow may comment is not the question


def _lost_report(board: Board) -> None:
    """The machine goes away while it speaks; started by hand it says it all."""
    board.replay()
    board.world.lose_runner(_FILE, "report", "Say how it ended")
    board.ask("/evaluate")
    board.conclude(_FILE, "failure", collect="success", report="failure")
    board.shows("running")
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(board.world.run_of("evaluate.yml").id)})
    board.settle()
    board.shows("evaluated", *TASKS)


def _expired(board: Board) -> None:
    """What the run left has been deleted since."""
    for artifact in board.world.state.board.artifacts:
        artifact.content = None
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(_evaluation(board))})
    board.settle()
    board.shows("evaluated", *TASKS)
    board.ran(report=1)


def _evaluation(board: Board) -> int:
    """The run that was told of."""
    runs = [x for x in board.world.state.board.runs if x.path.endswith("evaluate.yml")]
    return runs[-1].id


def _without_links(comment: str) -> str:
    """Without the addresses of this process's services."""
    return "\n".join(line for line in comment.splitlines() if "http://" not in line)


_V, _M, _E = Stage.VALIDATED, Stage.MEASURED, Stage.EVALUATED
SCENARIOS = (
    Scenario("report/again", "the same run once more, by hand", _E, _again),
    Scenario("report/too-early", "by hand while the evaluation goes on", _V, _too_early),
    Scenario("report/other-workflow", "by hand of a run that is no evaluation", _V, _other_workflow),
    Scenario("report/no-number", "by hand of something that is no run", _V, _no_number),
    Scenario("report/other-branch", "an evaluation by a changed workflow on another branch", _V, _other_branch),
    Scenario("report/lost", "the machine goes away while it speaks, then by hand", _M, _lost_report),
    Scenario("report/expired", "by hand when the artifacts are gone", _E, _expired),
)  # fmt: skip
