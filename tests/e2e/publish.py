"""publish.yml: what the Hub hears, and when."""

from collections.abc import Callable

from tests.e2e.board import MAINTAINER, Board, marker_of
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import HUB_BOT, Stage
from tests.small_submission import MODEL, TASKS
from tests.standins.faults import Fault, Kind

_FILE = "publish.yml"


def _on_evaluated(board: Board) -> None:
    board.decide("publish: {on: evaluated}")
    board.replay()
    board.ask("/evaluate")
    board.conclude("report.yml", "success", publish="success")
    board.conclude(_FILE, "success")
    board.offers("open")
    board.shows("evaluated", *TASKS, "**On the Hub:** the pull request", f"`{MODEL}#1`")
    same("published, by the marker", "published" in marker_of(board.comment()), True)


def _on_evaluated_then_merged(board: Board) -> None:
    """Merging accepts, and the Hub hears nothing twice."""
    _on_evaluated(board)
    board.world.merge(board.pull)
    board.settle()
    board.conclude("accept.yml", "success", accept="success", publish="skipped")
    board.accepts(*TASKS)
    board.offers("open")
    same("publications", len(board.world.runs_of(_FILE)), 1)


def _on_merged(board: Board) -> None:
    """What the stage has come to."""
    board.offers("open")
    says("the comment", board.comment(), ["**On the Hub:** the pull request", f"`{MODEL}#1`"])
    (offered,) = board.hub_pulls
    says("the pull request on the Hub", offered["description"], [*TASKS, "/lab/board/pull/1"])
    same("files of the pull request on the Hub", "README.md" in offered["files"], True)
    board.ran()


def _never(board: Board) -> None:
    board.decide("publish: {on: never}")
    board.replay()
    board.ask("/evaluate")
    board.shows("evaluated", "This repository publishes nothing on the Hub.")
    board.world.merge(board.pull)
    board.settle()
    board.conclude("accept.yml", "success", publish="skipped")
    board.accepts(*TASKS)
    board.ask("/publish")
    board.answers_with("nothing is published")
    same("publications", board.world.runs_of(_FILE), [])
    board.offers()


def _by_command(board: Board) -> None:
    board.ask("/publish")
    board.answers_with("**Publishing the scores of run")
    board.conclude(_FILE, "success")
    board.offers("open")
    board.shows("evaluated", "**On the Hub:** the pull request")


def _twice(board: Board) -> None:
    before = board.hub_pulls[0]["files"]
    board.ask("/publish")
    board.conclude(_FILE, "success")
    board.offers("open")
    same("the files offered", board.hub_pulls[0]["files"].keys(), before.keys())


def _by_hand(board: Board) -> None:
    run = marker_of(board.comment())["run"]
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(run)})
    board.settle()
    board.conclude(_FILE, "success")
    board.offers("open")


def _failed_run(board: Board) -> None:
    """A run without scores is not published, whoever asks."""
    board.world.lose_runner("evaluate.yml", "evaluate", "Prefetch")
    board.ask("/evaluate")
    run = board.world.run_of("evaluate.yml").id
    board.world.dispatch(MAINTAINER, _FILE, {"run": str(run)})
    board.settle()
    board.conclude(_FILE, "failure")
    says("its log", board.world.run_of(_FILE).log, [f"run {run} has no scores to publish"])
    board.offers()
    board.shows("failed")


def _refused_then_retried(board: Board) -> None:
    """A token that may not open pull requests: said nowhere but in the run; /publish repeats it with a better one."""
    good = board.world.settings.environments["hub"]
    weak = board.world.hub.add_token("other-bot", write=[], discuss=False)
    board.hub_token(weak)
    board.ask("/publish")
    board.conclude(_FILE, "failure")
    board.offers()
    board.shows("evaluated", *TASKS)
    board.world.settings.environments["hub"] = good
    board.world.comment(board.pull, MAINTAINER, "/publish")
    board.settle()
    board.conclude(_FILE, "success")
    board.offers("open")


def _no_token(board: Board) -> None:
    board.hub_token(None)
    board.ask("/publish")
    board.conclude(_FILE, "failure")
    says("its log", board.world.run_of(_FILE).log, ["HF_TOKEN is not set"])
    board.offers()


def _wrong_token(board: Board) -> None:
    board.hub_token("hf_" + "9" * 34)
    board.ask("/publish")
    board.conclude(_FILE, "failure")
    board.offers()
    board.shows("evaluated", *TASKS)


def _hub_down(board: Board) -> None:
    server = board.world.hub_server

    def away(*_: object) -> None:
        server.clear()
        server.inject(Fault(Kind.ERROR_500, at=1, times=100_000))

    board.world.at(_FILE, "publish", "Propose", away)
    board.world.merge(board.pull)
    board.settle()
    server.clear()
    board.conclude("accept.yml", "success")
    board.conclude(_FILE, "failure")
    board.accepts(*TASKS)
    board.offers()
    board.ask("/publish")
    board.conclude(_FILE, "success")
    board.offers("open")


def _of_owner(act: Callable[[Board], None], status: str, *words: str) -> Callable[[Board], None]:
    """What the owner of the model did with the pull request; /publish says so, and opens no second one."""

    def tell(board: Board) -> None:
        act(board)
        board.ask("/publish")
        board.conclude(_FILE, "success")
        board.offers(status)
        says("the comment", board.comment(), words)

    return tell


def _stranger_on_hub(board: Board) -> None:
    """Somebody else's pull request on the Hub stays as it is, beside the bot's."""
    board.world.hub.add_user("mallory")
    board.world.hub.open_pull(MODEL, {"README.md": b"# Mine\n"}, "mallory", "Add MTEB results")
    board.ask("/publish")
    board.conclude(_FILE, "success")
    found = [(x["author"], x["status"]) for x in board.hub_pulls]
    same("pull requests on the Hub", found, [("mallory", "open"), (HUB_BOT, "open")])


def _merge(board: Board) -> None:
    board.world.hub.merge_pull(MODEL, 1, "acme")


def _close(board: Board) -> None:
    board.world.hub.close_pull(MODEL, 1, "acme")


_M, _E, _A = Stage.MEASURED, Stage.EVALUATED, Stage.MERGED
SCENARIOS = (
    Scenario("publish/on-evaluated", "settings say: when there are scores", _M, _on_evaluated),
    Scenario("publish/on-evaluated-merged", "and merged afterwards", _M, _on_evaluated_then_merged),
    Scenario("publish/on-merged", "settings say: when it is merged", _A, _on_merged),
    Scenario("publish/never", "settings say: not at all", _M, _never),
    Scenario("publish/by-command", "/publish before the merge", _E, _by_command),
    Scenario("publish/twice", "/publish of what is published", _A, _twice),
    Scenario("publish/by-hand", "by a dispatch", _E, _by_hand),
    Scenario("publish/failed-run", "by a dispatch of a run that failed", Stage.VALIDATED, _failed_run),
    Scenario("publish/refused", "a token that may not, then one that may", _E, _refused_then_retried),
    Scenario("publish/no-token", "no token", _E, _no_token),
    Scenario("publish/wrong-token", "a token that the Hub does not know", _E, _wrong_token),
    Scenario("publish/hub-down", "the Hub is away, then it is back", _E, _hub_down),
    Scenario("publish/owner-merged", "the owner has merged it", _A, _of_owner(_merge, "merged", "holds these results")),
    Scenario("publish/owner-closed", "the owner has closed it", _A, _of_owner(_close, "closed", "was closed by a person, and it stays closed")),
    Scenario("publish/others", "somebody else has a pull request there", _E, _stranger_on_hub),
)  # fmt: skip
