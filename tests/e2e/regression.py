"""regression.yml: do accepted models still score the same?"""

import json

from tests.e2e.board import MAINTAINER, Board
from tests.e2e.ends import WrongEnd, same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness.runs import JobRun, Run
from tests.small_submission import CONFIG, MODEL, TASKS

_FILE = "regression.yml"
_CANARY = f"canaries: [{CONFIG}]"


def _replay(board: Board) -> None:
    """What the evaluation had left is measured again, without the time it takes."""
    evaluation = board.evaluation
    if evaluation is None:
        raise WrongEnd("nothing has been recorded at this stage")

    def put(_run: Run, job: JobRun) -> None:
        for path, content in evaluation.files.items():
            target = job.workspace / "evaluation" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    board.world.instead(_FILE, "measure", "Prefetch", lambda *_: None)
    board.world.instead(_FILE, "measure", "Evaluate", put)


def _no_canaries(board: Board) -> None:
    board.world.tick(_FILE)
    board.settle()
    board.conclude(_FILE, "success", canaries="success", measure="skipped")
    board.ran(regression=1)


def _unchanged(board: Board) -> None:
    """Measured for real."""
    board.decide(_CANARY)
    board.world.tick(_FILE)
    board.settle()
    run = board.conclude(_FILE, "success", canaries="success", measure="success")
    says("its log", run.log, [*TASKS, "**Unchanged: 2 tasks score as accepted.**"])


def _by_hand(board: Board) -> None:
    board.decide(_CANARY)
    _replay(board)
    board.world.dispatch(MAINTAINER, _FILE)
    board.settle()
    board.conclude(_FILE, "success", measure="success")


def _changed(board: Board) -> None:
    """The accepted results say something else than is measured."""
    board.decide(_CANARY)
    path = f"results/{MODEL.replace('/', '__')}/{board.submission.revision}/{TASKS[0]}.json"
    accepted = board.result(TASKS[0])
    for entry in accepted["scores"]["test"]:
        entry["main_score"] = entry["accuracy"] = 0.99
        for one in entry.get("scores_per_experiment", ()):
            one["accuracy"] = 0.99
    board.world.push_main({path: json.dumps(accepted)}, MAINTAINER)
    _replay(board)
    board.world.tick(_FILE)
    board.settle()
    run = board.conclude(_FILE, "failure", measure="failure")
    says("its log", run.log, [TASKS[0], "**Changed: of 2 tasks, 1 scores worse.**"])


def _not_accepted(board: Board) -> None:
    """A canary without accepted results does not count, and is named."""
    board.decide(_CANARY)
    board.world.tick(_FILE)
    board.settle()
    run = board.conclude(_FILE, "success", measure="skipped")
    says("its log", run.log, [f"{CONFIG}: not counted"])


def _from_a_fork(board: Board) -> None:
    """A pull request that changes pinned packages: a hosted machine, no secret, and the fork's own files."""
    board.decide(_CANARY)
    _replay(board)
    world = board.world
    world.settings.runners.clear()  # those with GPUs are not asked
    text = world.state.board.git.read("refs/heads/main", "constraints.txt").decode()
    world.open_pull(
        "ann", {"constraints.txt": text + "# newer\n"}, "Newer packages", branch="newer"
    )
    board.settle()
    run = board.conclude(_FILE, "success", canaries="success", measure="success")
    same("hosted", run.job("measure").hosted, True)
    same("the event", (run.event.name, run.event.trusted), ("pull_request", False))
    same("comments", world.state.board.pulls[2].comments, [])


def _from_a_maintainer(board: Board) -> None:
    """A branch of the repository itself gets no machine with a GPU either."""
    _replay(board)
    board.decide(_CANARY)
    world = board.world
    world.settings.runners.clear()
    text = world.state.board.git.read("refs/heads/main", "constraints.txt").decode()
    world.open_pull(
        MAINTAINER, {"constraints.txt": text + "# newer\n"}, "Newer packages", branch="newer"
    )
    board.settle()
    run = board.conclude(_FILE, "success", measure="success")
    same("hosted", run.job("measure").hosted, True)


def _other_files(board: Board) -> None:
    board.world.open_pull("ann", {"docs/notes.md": "Words."}, "Words", branch="words")
    board.settle()
    board.ran()


def _lost_machine(board: Board) -> None:
    board.decide(_CANARY)
    board.world.lose_runner(_FILE, "measure", "Prefetch")
    board.world.tick(_FILE)
    board.settle()
    board.conclude(_FILE, "failure", canaries="success", measure="failure")
    board.accepts(*TASKS)


_A = Stage.MERGED
SCENARIOS = (
    Scenario("regression/no-canaries", "scheduled: the settings name none", _A, _no_canaries),
    Scenario("regression/unchanged", "scheduled: a canary measured again", _A, _unchanged),
    Scenario("regression/by-hand", "by a dispatch", _A, _by_hand),
    Scenario("regression/changed", "scheduled: a canary scores differently", _A, _changed),
    Scenario("regression/not-accepted", "scheduled: a canary without accepted results", Stage.VALIDATED, _not_accepted),
    Scenario("regression/fork", "a fork changes pinned packages", _A, _from_a_fork),
    Scenario("regression/maintainer", "a maintainer changes pinned packages", _A, _from_a_maintainer),
    Scenario("regression/other-files", "a pull request that changes no packages", _A, _other_files),
    Scenario("regression/lost-machine", "scheduled: the machine goes away", _A, _lost_machine),
)  # fmt: skip
