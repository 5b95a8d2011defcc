"""Whether anyone can read the model at the revision that is submitted."""

from collections.abc import Iterator

from bot.preflight.facts import Access
from bot.preflight.rule import Finding, Rule, Submitted
from schemas.problem import shown


def _refused(submitted: Submitted, access: Access, says: str) -> Iterator[Finding]:
    if submitted.facts.access is access:
        yield Finding(("model",), f"`{submitted.config.weights}` {says}")


def _missing(submitted: Submitted) -> Iterator[Finding]:
    yield from _refused(submitted, Access.MISSING, "is no public model on the Hub")


def _private(submitted: Submitted) -> Iterator[Finding]:
    yield from _refused(submitted, Access.PRIVATE, "is private: only its owner can read it")


def _gated(submitted: Submitted) -> Iterator[Finding]:
    yield from _refused(
        submitted, Access.GATED, "is gated: readers must ask before they can read it"
    )


def _disabled(submitted: Submitted) -> Iterator[Finding]:
    yield from _refused(submitted, Access.DISABLED, "was disabled by the Hub")


def _renamed(submitted: Submitted) -> Iterator[Finding]:
    name, now = submitted.config.weights, submitted.facts.id
    if submitted.facts.access is Access.OPEN and now != name:
        message = f"`{name}` is called `{shown(now)}` on the Hub now"
        fix = f"write `model: {shown(now)}`, and name the file after it"
        if submitted.config.finetune:
            fix = f"write `base_model: {shown(now)}`"
        yield Finding(("model",), message, fix)


def _no_revision(submitted: Submitted) -> Iterator[Finding]:
    if submitted.facts.access is Access.NO_REVISION:
        message = f"`{submitted.config.weights}` has no commit {submitted.config.revision}"
        yield Finding(("revision",), message)


def _no_commit(submitted: Submitted) -> Iterator[Finding]:
    facts, revision = submitted.facts, submitted.config.revision
    if facts.access is Access.OPEN and facts.sha != revision:
        message = f"{revision} is not a commit itself, but leads to the commit {shown(facts.sha)}"
        yield Finding(("revision",), message, f"write `revision: {shown(facts.sha)}`")


def _not_on_main(submitted: Submitted) -> Iterator[Finding]:
    facts = submitted.facts
    if facts.on_main is False and facts.sha == submitted.config.revision:
        message = f"the commit {facts.sha} is not in the history of the model's main branch"
        yield Finding(("revision",), message)


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "repository-missing",
        "error",
        "The model repository exists and is public.",
        "Nobody can check or use scores of a model that they cannot download. A private repository looks missing.",
        "correct the id, or make the repository public (`Settings` > `Change model visibility`)",
        _missing,
    ),
    Rule(
        "repository-private",
        "error",
        "The model repository is not private.",
        "The bot's token may see a private repository; nobody else does.",
        "make the repository public (`Settings` > `Change model visibility`)",
        _private,
    ),
    Rule(
        "repository-gated",
        "error",
        "The model repository is not gated.",
        "An open model is read without asking; the runner, which holds no token, could not download it either.",
        "turn off access requests in the settings of the repository",
        _gated,
    ),
    Rule(
        "repository-disabled",
        "error",
        "The Hub has not disabled the model repository.",
        "Nobody can download it.",
        "settle it with the Hub first (website@huggingface.co)",
        _disabled,
    ),
    Rule(
        "repository-renamed",
        "error",
        "`model` (or `finetune.base_model`) is the repository's name of today.",
        "The Hub leads old names to new ones only until somebody else takes the old name.",
        "write the id that the Hub shows above the model card",
        _renamed,
    ),
    Rule(
        "revision-missing",
        "error",
        "`revision` is a commit of the repository.",
        "Scores belong to one commit.",
        "copy the full SHA from the model's `Files and versions` > `History`",
        _no_revision,
    ),
    Rule(
        "revision-not-a-commit",
        "error",
        "`revision` is the commit's own SHA.",
        "The SHA of an annotated tag leads to a commit, but results are stored under the commit.",
        "write the commit's own SHA",
        _no_commit,
    ),
    Rule(
        "revision-not-on-main",
        "error",
        "`revision` is in the history of the main branch.",
        "Anyone can put a commit into somebody else's repository by opening a pull request on the Hub; "
        "its weights are not the owner's.",
        "submit a commit of the main branch, or have the pull request merged on the Hub first",
        _not_on_main,
    ),
)
