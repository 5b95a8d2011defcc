"""A config with `finetune:` from the fork to the Hub: trained in the sandbox, measured raw and tuned, published."""

from collections.abc import Sequence

from tests.e2e.board import AUTHOR, Board
from tests.e2e.ends import same, says
from tests.e2e.scenario import Scenario
from tests.e2e.stages import HUB_BOT, Stage
from tests.small_tuned_submission import (
    BASE,
    CONFIG,
    DATA,
    MODEL,
    TASK,
    TunedSubmission,
    data_files,
    put_empty_model_on_hub,
    put_tuned_on_hub,
)

_MODEL_FILES = {"config.json", "model.safetensors", "modules.json", "tokenizer.json", "README.md"}


def _pull_request(board: Board) -> None:
    """The tuned model is proposed, weights and all, to a repository that exists."""
    put_empty_model_on_hub(board.world.hub)
    board.decide("publish: {on: merged, tuned_weights: public}")
    _trained(board, "publish: {to: pull-request}")
    _merge(board)
    (offered,) = board.world.hub.state(MODEL)["pulls"]
    same("the pull request on the Hub", (offered["status"], offered["author"]), ("open", HUB_BOT))
    _holds_the_tuned_model(board, "refs/pr/1")
    says("the comment", board.comment(CONFIG), ["**On the Hub:** the pull request", f"`{MODEL}#1`"])


def _new_repository(board: Board) -> None:
    """The tuned model gets a repository of its own, which only its owners see."""
    token = board.world.hub.add_token(HUB_BOT, write=["acme"])
    board.hub_token(token)
    board.decide("publish: {on: merged, tuned_weights: private}")
    _trained(board, "publish: {to: new-repository}")
    _merge(board)
    same("it is private", board.world.hub.hub.find(MODEL).private, True)
    same("pull requests of it", board.world.hub.state(MODEL)["pulls"], [])
    _holds_the_tuned_model(board, "refs/heads/main")


def _kept_here(board: Board) -> None:
    """A board that says nothing about trained weights accepts the scores, and publishes none of it."""
    put_empty_model_on_hub(board.world.hub)
    _trained(board, "publish: {to: pull-request}", weights=())
    board.shows("evaluated", "This board publishes no tuned weights", config=CONFIG)
    _merge(board)
    same("pull requests on the Hub", board.world.hub.state(MODEL)["pulls"], [])


def _contaminated(board: Board) -> None:
    """Rows that are evaluated stand among those to train on: refused with their number before anything is trained."""
    submission = put_tuned_on_hub(board.world.hub)
    revision = board.world.hub.commit(DATA, data_files(20), "acme")
    _open(board, TunedSubmission(submission.base_revision, revision))
    board.ask("/evaluate")
    board.conclude("report.yml", "success", publish="skipped")
    board.shows(
        "failed",
        f"20 of 110 training rows stand in the evaluation split of {TASK}",
        f"**20 training rows** among the texts of `{TASK}`",
        "mend the submission and push",
        config=CONFIG,
    )
    _accepted(board, [])


def _open(board: Board, submission: TunedSubmission, *more: str) -> None:
    board.world.open_pull(AUTHOR, submission.files(*more), f"Add {MODEL}")
    board.settle()
    board.shows("validated", "**Valid: 1 task to evaluate.**", BASE, config=CONFIG)


def _trained(board: Board, *more: str, weights: Sequence[str] = ("model-1",)) -> None:
    """Submit, evaluate; both variants stand in the comment, and weights leave the machine only to be published."""
    _open(board, put_tuned_on_hub(board.world.hub), *more)
    board.ask("/evaluate")
    board.conclude("evaluate.yml", "success")
    board.shows("evaluated", TASK, "raw", "`one`", "`groups`", BASE, config=CONFIG)
    names = {x.name for x in board.world.state.board.artifacts}
    same("artifacts", names, {"checked", "log-1", "plan", "results-1", *weights})


def _merge(board: Board) -> None:
    board.world.merge(board.pull)
    board.settle()
    board.conclude("accept.yml", "success", accept="success")
    _accepted(board, [f"{TASK}.json", "model_meta.json"])


def _accepted(board: Board, names: list[str]) -> None:
    held = [path.rpartition("/")[2] for path in board.results]
    same("accepted results", sorted(set(held) - {"run_settings.jsonl"}), sorted(names))


def _holds_the_tuned_model(board: Board, ref: str) -> None:
    """The weights that were measured, and a card that says what they come from."""
    git = board.world.hub.hub.find(MODEL).git
    files = {entry.path for entry in git.tree(ref) if entry.kind == "blob"}
    same("files of the model that are missing", _MODEL_FILES - files, set())
    card = git.read(ref, "README.md").decode()
    says("the card", card, [f"base_model: {BASE}", f"- {DATA}", "label-aware", TASK])
    base = board.world.hub.hub.find(BASE).git.read("refs/heads/main", "model.safetensors")
    same("they are the base's weights", git.read(ref, "model.safetensors") == base, False)


_EMPTY = Stage.EMPTY
SCENARIOS = (
    Scenario("evaluate/tuned-pull-request", "trained, and proposed to a repository", _EMPTY, _pull_request),
    Scenario("evaluate/tuned-new-repository", "trained, and given a private repository", _EMPTY, _new_repository),
    Scenario("evaluate/tuned-kept-here", "trained on a board that publishes no weights", _EMPTY, _kept_here),
    Scenario("evaluate/tuned-contaminated", "trained on what is evaluated", _EMPTY, _contaminated),
)  # fmt: skip
