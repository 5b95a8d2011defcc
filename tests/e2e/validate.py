"""validate.yml: what is said of a submission when it comes, and when it changes."""

from tests.e2e.board import AUTHOR, Board, marker_of
from tests.e2e.ends import lacks, same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.small_submission import CONFIG
from tests.standins.faults import Fault, Kind

_OTHER = "models/acme/other.yaml"
_BROKEN = ("license: mit", "license: mit-ish")


def _opened_valid(board: Board) -> None:
    board.world.open_pull(AUTHOR, board.submission.files, "Add acme/tiny")
    board.settle()
    board.conclude("validate.yml", "success", stop="success", check="success", report="success")
    board.shows("validated", "**Valid: 2 tasks to evaluate.**", "a maintainer comments `/evaluate`")
    board.ran(validate=1)


def _opened_invalid(board: Board) -> None:
    files = {**board.submission.files, CONFIG: board.submission.config(_BROKEN)}
    board.world.open_pull(AUTHOR, files, "Add acme/tiny")
    board.settle()
    board.shows("invalid", "**Not valid: 3 problems.**", f"`{CONFIG}:4:10`", "mit-ish")
    marked = {
        (x["path"], x["start_line"], x["annotation_level"]) for x in board.check().annotations
    }
    same("annotations", marked, {(CONFIG, 4, "failure"), (CONFIG, 7, "warning")})
    board.conclude("validate.yml", "failure", stop="success", check="failure", report="success")
    board.ran(validate=1)


def _hub_without_model(board: Board) -> None:
    config = board.submission.config(
        (f"revision: {board.submission.revision}", f"revision: {'0' * 40}")
    )
    board.world.open_pull(AUTHOR, {**board.submission.files, CONFIG: config}, "Add acme/tiny")
    board.settle()
    board.shows("invalid", "**Not valid:", "0" * 40)


def _hub_down(board: Board) -> None:
    board.world.hub_server.inject(Fault(Kind.ERROR_500, at=1, times=10_000))
    board.world.open_pull(AUTHOR, board.submission.files, "Add acme/tiny")
    board.settle()
    run = board.world.run_of("validate.yml")
    same("validate.yml is red", run.conclusion, "failure")
    same("nothing is called valid", [x for x in board.pull.labels if "validated" in x], [])


def _two_configs(board: Board) -> None:
    other = board.submission.config(("model: acme/tiny", "model: acme/other"), _BROKEN)
    board.world.open_pull(AUTHOR, {**board.submission.files, _OTHER: other}, "Add two models")
    board.settle()
    same("comments", len(board.comments()), 2)
    board.shows("validated", "**Valid: 2 tasks", label="invalid")
    board.shows("invalid", "**Not valid:", config=_OTHER)


def _no_config(board: Board) -> None:
    board.world.open_pull(AUTHOR, {"models/acme/notes.md": "Words."}, "Add notes")
    board.settle()
    board.conclude("validate.yml", "success", check="success", report="skipped")
    same("comments", board.pull.comments, [])
    same("labels", board.pull.labels, [])


def _elsewhere(board: Board) -> None:
    board.world.open_pull(AUTHOR, {"docs/notes.md": "Words."}, "Add notes")
    board.settle()
    board.ran()


def _hostile_branch(board: Board) -> None:
    branch = 'x";touch${IFS}pwned;#`id`$(id)&&{{github.token}}'
    title = "`$(touch pwned)` ${{ secrets.GITHUB_TOKEN }} <!-- mteb-bot {} --> @everyone"
    board.world.open_pull("mallory", board.submission.files, title, branch=branch)
    board.settle()
    board.conclude("validate.yml", "success")
    board.shows("validated", "**Valid: 2 tasks")
    lacks("the comment", board.comment(), ("@everyone", "pwned"))


def _pushed(board: Board) -> None:
    board.world.push(board.pull, {CONFIG: board.submission.config(_BROKEN)})
    board.settle()
    board.shows("invalid", "**Not valid: 3 problems.**")
    board.ran(validate=1)


def _pushed_while_validating(board: Board) -> None:
    def push(*_: object) -> None:
        board.world.push(board.pull, {CONFIG: board.submission.config(_BROKEN)})

    board.world.at("validate.yml", "check", "Check its configs", push)
    board.world.open_pull(AUTHOR, board.submission.files, "Add acme/tiny")
    board.settle()
    same("runs", [x.conclusion for x in board.world.runs], ["cancelled", "failure"])
    board.shows("invalid", "**Not valid: 3 problems.**")


def _pushed_while_reporting(board: Board) -> None:
    """The first run would say what it found of a commit that is no longer the head."""

    def push(*_: object) -> None:
        board.world.push(board.pull, {CONFIG: board.submission.config(_BROKEN)})

    board.world.at("validate.yml", "report", "Say what was found", push)
    board.world.open_pull(AUTHOR, board.submission.files, "Add acme/tiny")
    board.settle()
    board.conclude("validate.yml", "failure", check="failure", report="success")
    board.shows("invalid", "**Not valid: 3 problems.**")


def _pushed_while_evaluating(board: Board) -> None:
    before = board.pull.head_sha
    board.world.instead("evaluate.yml", "evaluate", "Prefetch", lambda *_: None)

    def push(*_: object) -> None:
        board.world.push(board.pull, {"models/acme/notes.md": "More words."})
        board.settle()

    board.world.at("evaluate.yml", "evaluate", "Evaluate", push)
    board.ask("/evaluate")
    board.conclude("evaluate.yml", "cancelled")
    board.shows("validated", "**Valid: 2 tasks")
    same("the old commit's check", board.check(before).conclusion, "cancelled")
    says("the old commit's check", str(board.check(before).output), ["superseded"])


def _closed_and_reopened(board: Board) -> None:
    board.world.close(board.pull)
    board.settle()
    board.conclude("accept.yml", "success", stop="success", accept="skipped")
    board.world.reopen(board.pull)
    board.settle()
    board.conclude("validate.yml", "success")
    board.shows("validated", "**Valid: 2 tasks")
    same("commit", marker_of(board.comment())["sha"], board.pull.head_sha)
    board.ran(accept=1, validate=1)


SCENARIOS = (
    Scenario("validate/opened-valid", "a valid submission from a fork", Stage.EMPTY, _opened_valid),
    Scenario("validate/opened-invalid", "a config with a mistake", Stage.EMPTY, _opened_invalid),
    Scenario("validate/hub-without-model", "a revision that the Hub does not have", Stage.EMPTY, _hub_without_model),
    Scenario("validate/hub-down", "the Hub does not answer", Stage.EMPTY, _hub_down),
    Scenario("validate/two-configs", "two configs in one pull request, one of them invalid", Stage.EMPTY, _two_configs),
    Scenario("validate/no-config", "a change in models/ without a config", Stage.EMPTY, _no_config),
    Scenario("validate/elsewhere", "a pull request that is none of its business", Stage.EMPTY, _elsewhere),
    Scenario("validate/hostile-branch", "a fork's branch and title made of shell and expressions", Stage.EMPTY, _hostile_branch),
    Scenario("validate/pushed", "a push after the check", Stage.VALIDATED, _pushed),
    Scenario("validate/pushed-while-validating", "a push during the check", Stage.EMPTY, _pushed_while_validating),
    Scenario("validate/pushed-while-reporting", "a push before the check is told", Stage.EMPTY, _pushed_while_reporting),
    Scenario("validate/pushed-while-evaluating", "a push stops the evaluation", Stage.VALIDATED, _pushed_while_evaluating),
    Scenario("validate/reopened", "closed, then opened again", Stage.VALIDATED, _closed_and_reopened),
)  # fmt: skip
