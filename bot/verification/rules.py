"""What makes a result public, as one table; `verify` reads it from top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.verification import checks
from bot.verification.evidence import Evidence
from bot.verification.finding import Finding, State


@dataclass(frozen=True)
class Rule:
    """One row. `needs` are rules without which it cannot be judged; `applies` whether it is asked for at all."""

    id: str
    what: str
    why: str
    fix: str
    check: Callable[[Evidence], Finding]
    needs: tuple[str, ...] = ("public-repository",)
    applies: Callable[[Evidence], bool] = lambda _: True


@dataclass(frozen=True)
class Row:
    """What a rule comes to. `fix` is empty where nothing is to be done."""

    id: str
    what: str
    why: str
    state: State
    message: str
    fix: str


@dataclass(frozen=True)
class Verification:
    """The rows, and the ids of rules that others must hold for first."""

    model: str
    revision: str
    rows: tuple[Row, ...]
    not_judged: tuple[str, ...] = ()

    def holds(self, *, strict: bool) -> bool:
        """Whether no row is `not ok`, and if strict none is `too early` either."""
        states = {row.state for row in self.rows}
        return State.NOT_OK not in states and not (strict and State.TOO_EARLY in states)


RULES = (
    Rule(
        "public-repository",
        "the model repository is public",
        "Nobody can check a score of a model that they cannot read.",
        "the owner makes the repository public and not gated (Settings on the Hub); check the name",
        checks.public_repository,
        needs=(),
    ),
    Rule(
        "hub-pull-request",
        "the bot's pull request on the Hub is merged",
        "Results in an open pull request are a proposal: the model's owner decides.",
        "ask the model's owner, in that pull request",
        checks.hub_pull_request,
    ),
    Rule(
        "front-matter",
        "README.md begins with front matter that can be read",
        "The Hub reads metadata at the very top of the README only, and drops what is no valid YAML.",
        "mend the lines between the two `---` at the top of README.md",
        checks.front_matter,
    ),
    Rule(
        "results-path",
        "`mteb_results` in the front matter leads to files",
        "It is how programs find the results in the repository.",
        checks.PUBLISH,
        checks.results_path,
        needs=("public-repository", "front-matter"),
    ),
    Rule(
        "results-valid",
        "every JSON file there is a task result of mteb",
        "One file with a NaN or another task's scores misleads whoever adds them up.",
        checks.PUBLISH,
        checks.results_valid,
        needs=("results-path",),
    ),
    Rule(
        "results-expected",
        "the results are the ones given with `--results`",
        "An older or edited result may be public instead of yours.",
        checks.PUBLISH,
        checks.results_expected,
        needs=("results-valid",),
        applies=lambda evidence: evidence.expected is not None,
    ),
    Rule(
        "model-index",
        "`model-index` says what the results say",
        "It is what search and other sites read; edited by hand it drifts from the results.",
        checks.PUBLISH,
        checks.model_index,
        needs=("results-valid",),
    ),
    Rule(
        "eval-results",
        "the Hub accepts `.eval_results`",
        "They put the result on the model's page and on leaderboards of data sets.",
        "mend or delete what the Hub refuses; it shows results of data sets registered as benchmarks",
        checks.eval_results,
        needs=("results-valid",),
    ),
    Rule(
        "results-block",
        "README.md shows the results once",
        "Two tables of results contradict each other sooner or later.",
        checks.PUBLISH,
        checks.block,
        needs=("front-matter",),
    ),
    Rule(
        "radar-chart",
        "the chart that README.md shows is there",
        "Readers see a broken picture otherwise.",
        checks.PUBLISH,
        checks.radar_chart,
        needs=("results-block",),
    ),
    Rule(
        "tuned-weights",
        "the weights are those that were trained and measured",
        "Scores of other weights are scores of another model.",
        checks.PUBLISH,
        checks.tuned_weights,
        applies=lambda evidence: bool(evidence.weights),
    ),
    Rule(
        "results-repository",
        "a results repository lists the tasks",
        "The public leaderboard reads a results repository, not model cards.",
        "run `mteb-bot submit` and have its pull request merged",
        checks.results_repository,
        needs=("results-valid",),
        applies=lambda evidence: evidence.listing is not None,
    ),
    Rule(
        "refresh",
        "leaderboards have had the time to read it",
        "They are rebuilt once a day: before that, what they lack proves nothing.",
        "wait; nothing is to be done",
        checks.refresh,
        needs=("results-valid",),
    ),
)


def verify(evidence: Evidence) -> Verification:
    """Judge every rule that can be judged."""
    rows: dict[str, Row] = {}
    not_judged = []
    for rule in RULES:
        if not rule.applies(evidence):
            continue
        if any(need not in rows or rows[need].state is not State.OK for need in rule.needs):
            not_judged.append(rule.id)
            continue
        rows[rule.id] = _row(rule, _in_time(rule.check(evidence), evidence))
    published = evidence.published
    return Verification(
        published.model, published.revision, tuple(rows.values()), tuple(not_judged)
    )


def _in_time(finding: Finding, evidence: Evidence) -> Finding:
    """What publishing would mend is not judged while the pull request that does waits for its owner."""
    pull = evidence.published.pull
    if pull and pull.waits and finding.mendable and finding.state is State.NOT_OK:
        return finding.waiting_for(pull.number)
    return finding


def _row(rule: Rule, finding: Finding) -> Row:
    fix = "" if finding.state is State.OK else finding.fix or rule.fix
    return Row(rule.id, rule.what, rule.why, finding.state, finding.message, fix)
