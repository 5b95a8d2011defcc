"""evaluate.yml: one evaluation of one config, and the end that report.yml tells of it, however it ended."""

from tests.e2e.board import AUTHOR, BOT, MAINTAINER, Board, marker_of
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness.people import Refused
from tests.harness.world import GPU
from tests.small_submission import CONFIG, MODEL, TASKS
from tests.standins.faults import Fault, Kind

_FILE = "evaluate.yml"
_SLOW = "limits: {shards: 2}\nquote: {gpu_teraflops: 0.01}"  # so that two machines are worth it
_MORE = ("AcmeThird", "AcmeFourth", "AcmeFifth", "AcmeSixth")


def _success(board: Board) -> None:
    """What the stage has come to: measured for real, in the sandbox, from a comment."""
    board.shows(
        "evaluated", *TASKS, "asked for by `maintainer`", "Next: merging this pull request accepts"
    )
    marker = marker_of(board.comment())
    same("the comment names run and report", {"run", "report"} <= set(marker), True)
    names = [x.name for x in board.world.state.board.artifacts]
    same("artifacts", sorted(set(names)), ["checked", "log-1", "plan", "results-1"])
    board.offers()
    board.accepts()
    board.ran()


def _many_tasks(board: Board) -> None:
    """Six tasks, for two machines."""
    board.decide(_SLOW)
    sections = board.submission.files["models/acme/tasks/sections.yaml"]
    files = {
        f"models/acme/tasks/{name}.yaml": sections.replace("AcmeSections", name) for name in _MORE
    }
    listed = "".join(f"    - tasks/{name}.yaml\n" for name in _MORE)
    board.world.push(board.pull, {**files, CONFIG: board.submission.config() + listed})
    board.settle()
    board.shows("validated", "**Valid: 6 tasks to evaluate.**")


def _shards(board: Board) -> None:
    _many_tasks(board)
    board.world.settings.runners.append(GPU)
    board.ask("/evaluate")
    run = board.world.run_of(_FILE)
    ended = {job.name: job.conclusion for job in run.jobs.values() if job.id == "evaluate"}
    same("shards", ended, {"evaluate (1)": "success", "evaluate (2)": "success"})
    board.shows("evaluated", *TASKS, *_MORE)


def _lost_shard(board: Board) -> None:
    """What one machine measured is shown, but the evaluation has failed."""
    _many_tasks(board)
    board.world.lose_runner(_FILE, "evaluate", "Prefetch", matrix=(2,))
    board.ask("/evaluate")
    board.conclude("report.yml", "success")
    board.shows("failed", *TASKS, "shard 2 left no results", "`/retry`")
    board.accepts()


def _failed_task(board: Board) -> None:
    """A column that the data set lacks: the other task has its score, and the submitter has to mend it."""
    wrong = board.submission.files["models/acme/tasks/clusters.yaml"].replace(
        "text: title", "text: heading"
    )
    board.world.push(board.pull, {"models/acme/tasks/clusters.yaml": wrong})
    board.settle()
    board.shows("validated")
    board.ask("/evaluate")
    board.conclude("report.yml", "success", publish="skipped")
    board.shows("failed", "`AcmeClusters`", "heading", "mend the submission and push")
    board.accepts()


def _all_failed(board: Board) -> None:
    """A tokenizer that is none: the weights are fine, so only loading the model shows it."""
    world = board.world
    revision = world.hub.commit(MODEL, {"tokenizer.json": b"{}"}, "acme")
    world.push(board.pull, {CONFIG: board.submission.config((board.submission.revision, revision))})
    board.settle()
    board.shows("validated")
    board.ask("/evaluate")
    board.conclude("report.yml", "success", publish="skipped")
    board.shows("failed", "mend the submission and push")
    board.accepts()


def _by_hand(board: Board) -> None:
    board.replay()
    board.world.dispatch(MAINTAINER, _FILE, _inputs(board))
    board.settle()
    board.conclude(_FILE, "success")
    board.shows("evaluated", *TASKS)


def _by_hand_stranger(board: Board) -> None:
    board.world.github.set_permission("lab/board", "tria", "triage")
    for login in (AUTHOR, "tria"):
        try:
            board.world.dispatch(login, _FILE, _inputs(board))
        except Refused as refused:
            says("GitHub's answer", str(refused), ["403"])
    board.settle()
    board.ran()


def _by_hand_lost_permission(board: Board) -> None:
    """Who may write when they start it, and may not when it begins."""

    def take_away(*_: object) -> None:
        board.world.github.set_permission("lab/board", "maya", "read")

    board.world.github.set_permission("lab/board", "maya", "write")
    board.world.at(_FILE, "plan", "Check who asked", take_away)
    board.world.dispatch("maya", _FILE, _inputs(board))
    board.settle()
    board.conclude(_FILE, "failure", plan="failure", evaluate="skipped")
    says("its log", board.world.run_of(_FILE).log, ["maya may not start evaluations here"])
    board.offers()


def _by_hand_other_commit(board: Board) -> None:
    before = board.comment()
    board.world.dispatch(MAINTAINER, _FILE, {**_inputs(board), "sha": "1" * 40})
    board.settle()
    board.conclude(_FILE, "failure", plan="failure", evaluate="skipped")
    same("the comment on the head", board.comment(), before)
    board.shows("validated")


def _by_hand_other_title(board: Board) -> None:
    """The title would say that all tasks were measured."""
    board.world.dispatch(MAINTAINER, _FILE, {**_inputs(board), "request": "--smoke"})
    board.settle()
    board.conclude(_FILE, "failure", plan="failure", evaluate="skipped")
    says("its log", board.world.run_of(_FILE).log, ["is not that of the request"])


def _prefetch_fails(board: Board) -> None:
    """The Hub is away when the machine wants to read it: nobody's fault here."""

    def away(*_: object) -> None:
        board.world.hub_server.clear()
        board.world.hub_server.inject(Fault(Kind.ERROR_500, at=1, times=100_000))

    board.world.at(_FILE, "evaluate", "Prefetch", away)
    board.ask("/evaluate")
    board.world.hub_server.clear()
    board.conclude(_FILE, "failure", evaluate="failure")
    board.conclude("report.yml", "success")
    board.shows("failed", "`/retry`")
    board.accepts()


def _plan_fails(board: Board) -> None:
    """Nobody knows how long it would take; once the Hub is back, /retry goes on."""
    server = board.world.hub_server

    def away(*_: object) -> None:
        server.clear()
        server.inject(Fault(Kind.ERROR_500, at=1, times=100_000))

    board.world.at(_FILE, "plan", "Plan", away)
    board.replay()
    board.ask("/evaluate")
    server.clear()
    board.shows("failed", "Nothing could be measured", "our machine is at fault", "`/retry`")
    board.ask("/retry")
    board.shows("evaluated", *TASKS)


def _again(board: Board) -> None:
    """/evaluate of what is evaluated: the same comment, the newer run."""
    before = marker_of(board.comment())
    board.replay()
    board.ask("/evaluate")
    board.shows("evaluated", *TASKS)
    after = marker_of(board.comment())
    same("a newer run", after["run"] > before["run"], True)
    same("the bot's comments", sum(x.author == BOT for x in board.pull.comments), 1)


def _inputs(board: Board) -> dict[str, str]:
    pull = board.pull
    return {"pull": str(pull.number), "sha": pull.head_sha, "config": CONFIG, "revision": board.submission.revision}  # fmt: skip


_V, _M, _E = Stage.VALIDATED, Stage.MEASURED, Stage.EVALUATED
SCENARIOS = (
    Scenario("evaluate/success", "from a comment to scores", _E, _success),
    Scenario("evaluate/shards", "two machines share it", _V, _shards),
    Scenario("evaluate/lost-shard", "one of two machines goes away", _V, _lost_shard),
    Scenario("evaluate/failed-task", "a task whose data lack a column", _V, _failed_task),
    Scenario("evaluate/all-failed", "a model that cannot be loaded", _V, _all_failed),
    Scenario("evaluate/by-hand", "started by a maintainer's dispatch", _M, _by_hand),
    Scenario("evaluate/by-hand-stranger", "a dispatch without write permission", _V, _by_hand_stranger),
    Scenario("evaluate/by-hand-lost-permission", "permission is taken away in between", _V, _by_hand_lost_permission),
    Scenario("evaluate/by-hand-other-commit", "a dispatch of a commit that is not the head", _V, _by_hand_other_commit),
    Scenario("evaluate/by-hand-other-title", "a dispatch whose title says something else", _V, _by_hand_other_title),
    Scenario("evaluate/prefetch-fails", "the Hub is away when it is read", _V, _prefetch_fails),
    Scenario("evaluate/plan-without-hub", "the Hub is away when it is planned, then it is back", _M, _plan_fails),
    Scenario("evaluate/again", "what is evaluated is evaluated again", _E, _again),
)  # fmt: skip
