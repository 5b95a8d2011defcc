"""commands.yml: what people ask for in comments and by a label, and what they get."""

import json
from collections.abc import Callable

from tests.e2e.board import AUTHOR, BOT, MAINTAINER, Board
from tests.e2e.ends import lacks, same
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness import payloads
from tests.small_submission import CONFIG
from tests.standins.github.world import Comment

_STRANGER = "Only maintainers of this repository start, stop and publish evaluations."


def _gets(line: str, *words: str, login: str = MAINTAINER) -> Callable[[Board], None]:
    """A comment that is only answered: nothing starts, and nothing changes."""

    def tell(board: Board) -> None:
        before = board.comment()
        board.ask(line, login)
        board.conclude("commands.yml", "success")
        board.answers_with(*words)
        same("the comment", board.comment(), before)
        board.shows("validated")
        board.ran(commands=1)

    return tell


def _evaluate(board: Board) -> None:
    """Queued at once; what follows is evaluate.yml's."""
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    run = board.world.run_of("evaluate.yml")
    inputs = {
        key: run.event.inputs[key] for key in ("pull", "sha", "config", "revision", "request")
    }
    same("inputs", inputs, {
        "pull": "1", "sha": board.pull.head_sha, "config": CONFIG, "revision": board.submission.revision,
        "request": "",
    })  # fmt: skip
    same("approval", run.event.inputs["approval"], str(_last(board, "/evaluate").id))
    same("answers", board.answers, [])
    board.cancel_all()


def _smoke(board: Board) -> None:
    board.ask("/evaluate --smoke")
    board.conclude("evaluate.yml", "success")
    board.conclude("report.yml", "success", publish="skipped")
    board.shows("tried", "`--smoke`", "asked for by `maintainer`")
    board.offers()
    board.accepts()


def _tasks(board: Board) -> None:
    board.ask("/evaluate AcmeClusters")
    board.conclude("evaluate.yml", "success")
    board.shows("evaluated", "`AcmeClusters`", "asked for by `maintainer`")
    lacks("the comment's table", board.comment(), ["| `AcmeSections`"])


def _invalid(board: Board) -> None:
    mistake = board.submission.config(("license: mit", "license: mit-ish"))
    board.world.push(board.pull, {CONFIG: mistake})
    board.settle()
    board.ask("/evaluate")
    board.answers_with("Its config has problems that must be mended first")
    board.shows("invalid")
    board.ran(validate=1, commands=1)


def _twice(board: Board) -> None:
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    board.ask("/evaluate")
    board.answers_with("An evaluation of this commit waits or runs already")
    same("evaluations", len(board.world.runs_of("evaluate.yml")), 1)
    board.cancel_all()


def _pushed_before(board: Board) -> None:
    """A push between a look at the pull request and the bot's look at the command."""

    def push(*_: object) -> None:
        board.world.push(board.pull, {"models/acme/notes.md": "More words."})

    board.world.at("commands.yml", "respond", "Do what was asked", push)
    board.ask("/evaluate")
    board.answers_with(
        "The pull request has another head than the commit that the bot's comment is about."
    )
    board.shows("validated")
    board.ran(commands=1, validate=1)


def _stranger(board: Board) -> None:
    board.ask("/evaluate", AUTHOR)
    board.answers_with(_STRANGER)
    board.ask("/cancel", AUTHOR)
    board.answers_with(_STRANGER)
    board.ran(commands=2)


def _talk(board: Board) -> None:
    board.ask("Nice model! Would anybody start it?")
    board.conclude("commands.yml", "skipped")
    board.ask("See docs/commands.md; then `/evaluate` it.")
    board.conclude("commands.yml", "success")
    same("answers", board.answers, [])
    board.ran(commands=2)


def _edited(board: Board) -> None:
    comment = board.world.comment(board.pull, AUTHOR, "Nice.")
    board.settle()
    board.world.edit_comment(board.pull, comment, MAINTAINER, "/evaluate")
    board.settle()
    same("answers", board.answers, [])
    board.ran(commands=1)


def _review(board: Board) -> None:
    board.world.review(board.pull, MAINTAINER, "/evaluate")
    board.settle()
    same("answers", board.answers, [])
    board.ran()


def _issue(board: Board) -> None:
    """An issue's comment comes as the same event, and lacks `pull_request`."""
    world = board.world
    one = world.comment(board.pull, MAINTAINER, "/evaluate")
    board.pull.comments.remove(one)
    (run,) = world.runs
    world.cancel(run)
    call = world.sources.call(MAINTAINER)
    payload = json.loads(
        json.dumps(payloads.of_comment(call, "created", board.pull, one, MAINTAINER))
    )
    del payload["issue"]["pull_request"]
    world.sources.of_main("issue_comment", payload, MAINTAINER, "created", "An issue")
    board.settle()
    same("runs", [x.conclusion for x in world.runs], ["cancelled", "skipped"])


def _cancel_queued(board: Board) -> None:
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    same("waits for a machine", board.world.run_of("evaluate.yml").job("evaluate").status, "queued")
    board.ask("/cancel")
    board.answers_with("**Stopped.**")
    board.conclude("evaluate.yml", "cancelled")
    board.conclude("report.yml", "success")
    board.shows("cancelled", "**Cancelled.**", "comments `/evaluate` to start it again")


def _cancel_running(board: Board) -> None:
    board.world.instead("evaluate.yml", "evaluate", "Prefetch", lambda *_: None)
    board.world.at("evaluate.yml", "evaluate", "Evaluate", lambda *_: board.ask("/cancel"))
    board.ask("/evaluate")
    board.answers_with("**Stopped.**")
    board.conclude("evaluate.yml", "cancelled", plan="success", evaluate="cancelled")
    board.shows("cancelled", "**Cancelled.**")


def _cancel_as_stranger(board: Board) -> None:
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    board.ask("/cancel", AUTHOR)
    board.answers_with(_STRANGER)
    same("the evaluation waits", board.world.run_of("evaluate.yml").status, "in_progress")
    board.cancel_all()


def _two_models(board: Board) -> None:
    """One command for two configs: both are queued, each evaluation is one of its own."""
    other = board.submission.config(("model: acme/tiny", "model: acme/other"))
    board.world.hub.duplicate("acme/tiny", "acme/other")
    board.world.push(board.pull, {"models/acme/other.yaml": other})
    board.settle()
    board.world.settings.runners.clear()
    board.ask("/evaluate")
    asked = sorted(run.event.inputs["config"] for run in board.world.runs_of("evaluate.yml"))
    same("evaluations", asked, ["models/acme/other.yaml", CONFIG])
    board.shows("running")
    board.shows("running", config="models/acme/other.yaml")
    board.ask("/cancel acme/other")
    board.shows("running", label="cancelled")
    board.shows("cancelled", config="models/acme/other.yaml")
    board.cancel_all()


def _last(board: Board, line: str) -> Comment:
    return [x for x in board.pull.comments if x.author != BOT and x.body == line][-1]


_V = Stage.VALIDATED
SCENARIOS = (
    Scenario("commands/evaluate", "an evaluation of exactly what the comment names", _V, _evaluate),
    Scenario("commands/help", "the table of commands", _V, _gets("/help", "`/evaluate [--smoke]", "`/retry")),
    Scenario("commands/help-stranger", "help for everybody", _V, _gets("/help", "`/retry", login=AUTHOR)),
    Scenario("commands/typo", "the nearest valid command", _V, _gets("/evalute", "Did you mean `/evaluate")),
    Scenario("commands/malformed", "words after a command", _V, _gets("/evaluate now, please", "is neither an option nor the name of a task")),
    Scenario("commands/unknown-task", "a task that the config does not ask for", _V, _gets("/evaluate AcmeCluster", "does not ask for a task `AcmeCluster`", "Did you mean `AcmeClusters`?")),
    Scenario("commands/unknown-model", "a model that the pull request does not hold", _V, _gets("/evaluate acme/tony", "holds no config of `acme/tony`", "Did you mean `acme/tiny`?")),
    Scenario("commands/cancel-nothing", "/cancel where nothing runs", _V, _gets("/cancel", "Nothing waits or runs.")),
    Scenario("commands/publish-nothing", "/publish where nothing was evaluated", _V, _gets("/publish", "There are no scores to publish")),
    Scenario("commands/smoke", "/evaluate --smoke", _V, _smoke),
    Scenario("commands/tasks", "/evaluate with a task", _V, _tasks),
    Scenario("commands/invalid", "/evaluate of a config with a mistake", _V, _invalid),
    Scenario("commands/twice", "/evaluate while one waits", _V, _twice),
    Scenario("commands/two-models", "/evaluate and /cancel where there are two configs", _V, _two_models),
    Scenario("commands/pushed-before", "a push between a command and its answer", _V, _pushed_before),
    Scenario("commands/stranger", "commands of a person without write permission", _V, _stranger),
    Scenario("commands/talk", "comments that are no commands", _V, _talk),
    Scenario("commands/edited", "a comment that is edited into a command", _V, _edited),
    Scenario("commands/review", "a command in a review", _V, _review),
    Scenario("commands/issue", "a comment on an issue", _V, _issue),
    Scenario("commands/cancel-queued", "/cancel while it waits for a machine", _V, _cancel_queued),
    Scenario("commands/cancel-running", "/cancel while it is measured", _V, _cancel_running),
    Scenario("commands/cancel-stranger", "/cancel by a stranger", _V, _cancel_as_stranger),
)  # fmt: skip
