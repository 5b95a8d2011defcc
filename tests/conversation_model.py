"""A pull request in memory: what decide's operations do to it, and runs of the bot that may be killed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from made import outcome, report

from bot.conversation import news
from bot.conversation.decide import decide
from bot.conversation.facts import Comment, ConversationFacts, OwnCheck, PullFacts, own_comments
from bot.conversation.marker import Asked, Published, marker_of
from bot.conversation.news import Measured, News
from bot.conversation.operations import (
    AddLabel,
    CheckOutput,
    CreateCheck,
    CreateComment,
    DeleteComment,
    EditComment,
    Minimise,
    Operation,
    RemoveLabel,
    Unminimise,
    UpdateCheck,
    adds,
)
from bot.conversation.states import State
from bot.conversation.subject import Subject
from bot.conversation.wanted import Source, Wanted, wanted
from bot.quote import Quote
from schemas.problem import Problem
from schemas.submission import Loading, ModelConfig, Publishing

BOT = "github-actions[bot]"
CONFIG, OTHER_CONFIG = "models/org/name.yaml", "models/org/other.yaml"
SHAS = tuple(digit * 40 for digit in "abc")
SOURCE = Source(None, "https://hub.example")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STEP = timedelta(minutes=1)
PROBLEM = Problem(CONFIG, 3, 11, "some-rule", "it is wrong", "mend it")
WARNING = replace(PROBLEM, severity="warning")


@dataclass
class Model:
    """A pull request; `minimised` are node ids, `checks` are by commit and config."""

    head: str = SHAS[0]
    state: str = "open"
    labels: tuple[str, ...] = ("good first model",)
    comments: list[Comment] = field(default_factory=list)
    minimised: set[str] = field(default_factory=set)
    checks: dict[tuple[str, str], list[OwnCheck]] = field(default_factory=dict)
    now: datetime = NOON
    last: int = 0

    def copy(self) -> "Model":
        """The same again."""
        checks = {key: list(runs) for key, runs in self.checks.items()}
        return replace(self, comments=list(self.comments), minimised=set(self.minimised), checks=checks)  # fmt: skip

    def facts(self, subject: Subject) -> ConversationFacts:
        """What the bot sees."""
        pull = PullFacts(1, self.head, self.state, self.labels)
        checks = tuple(self.checks.get((subject.sha, subject.config), ()))
        return ConversationFacts(pull, own_comments(self.comments, BOT), checks)

    def say(self, said: News) -> Wanted:
        """A run of the bot that nothing disturbs; what it wanted at first."""
        first = self.plan(said)[0]
        for _ in range(5):
            operations = self.plan(said)[1]
            for operation in operations:
                self.apply(operation, said.subject)
            if not any(map(adds, operations)):
                return first
        raise AssertionError("it never ends")

    def plan(self, said: News) -> tuple[Wanted, list[Operation]]:
        """What the bot would do now."""
        facts = self.facts(said.subject)
        planned = wanted(facts, said, SOURCE, self.now)
        return planned, decide(facts, said.subject.config, planned)

    def apply(self, operation: Operation, subject: Subject) -> None:
        """Do one thing, as GitHub does it."""
        match operation:
            case CreateComment(body):
                self.write(BOT, body)
            case EditComment(number, body):
                self.comments = [
                    replace(one, body=body, updated_at=self.now) if one.id == number else one
                    for one in self.comments
                ]
            case DeleteComment(number):
                self.comments = [one for one in self.comments if one.id != number]
            case Minimise(node_id):
                self.minimised.add(node_id)
            case Unminimise(node_id):
                self.minimised.discard(node_id)
            case AddLabel(label):
                self.labels = (*self.labels, label.name)
            case RemoveLabel(name):
                self.labels = tuple(one for one in self.labels if one != name)
            case CreateCheck(output, marked_as):
                self.last += 1
                runs = self.checks.setdefault((subject.sha, subject.config), [])
                kept = sum(run.annotations for run in runs if run.id == marked_as)
                runs.append(_check(self.last, output, kept))
            case UpdateCheck(number, output):
                runs = self.checks[subject.sha, subject.config]
                index = next(i for i, run in enumerate(runs) if run.id == number)
                _must_be_legal(runs[index], output)
                runs[index] = _check(number, output, runs[index].annotations)

    def write(self, author: str, body: str) -> Comment:
        """Anybody's comment."""
        self.last += 1
        one = Comment(self.last, f"IC_{self.last}", author, body, self.now)
        self.comments.append(one)
        return one

    def shown(self) -> object:
        """All that people see, without ids."""
        return (
            self.labels,
            [(one.author, one.body, one.node_id in self.minimised) for one in self.comments],
            {key: [replace(run, id=0) for run in runs] for key, runs in self.checks.items()},
        )


def _check(number: int, output: CheckOutput, before: int) -> OwnCheck:
    count = before + len(output.annotations or ())
    return OwnCheck(number, output.status, output.conclusion, output.title, output.summary, count)


def _must_be_legal(run: OwnCheck, output: CheckOutput) -> None:
    order = ["queued", "in_progress", "completed"]
    assert order.index(output.status) >= order.index(run.status)
    assert run.conclusion in {None, output.conclusion}
    assert not output.annotations


def subject(number: int = 0, config: str = CONFIG) -> Subject:
    """The config at the first, second or third commit."""
    return Subject(1, SHAS[number], config)


def model_config() -> ModelConfig:
    """A config that asks for two tasks."""
    return ModelConfig(
        file=None, sha256="c" * 64, model="org/name", revision="1" * 40, license="mit",
        languages=("eng",), load=Loading(), training_data=None, adapted_from=None, benchmarks=(),
        tasks=(), task_languages=(), claims=(), publish=Publishing(),
    )  # fmt: skip


def measured(score: float | None = 0.8, published: Published | None = None) -> Measured:
    """A report with one task: a score, or a failure."""
    error = None if score is not None else {"kind": "timeout", "message": "late", "advice": "wait"}
    digest = f"{int((score or 0) * 1000):016x}"
    return Measured(report(outcome("A", score, error=error)), digest, model_config(), (), published)


@cache
def every_news(about: Subject) -> Sequence[News]:
    """One of each kind."""
    return (
        news.validated(about, model_config(), [], Quote(2, 2, 0)),
        news.validated(about, model_config(), [WARNING], Quote(2, 2, 0)),
        news.validated(about, None, [PROBLEM], None),
        news.queued(about),
        news.running(about, 1, 2),
        news.running(about, 2, 2),
        news.reported(about, measured(0.8)),
        news.reported(about, measured(0.9, Published("open", 7))),
        news.reported(about, measured(None)),
        news.ended_without_report(about),
        news.superseded(about),
        news.cancelled(about),
        news.queued(about, 7, Asked("ann", "--smoke", "comment-1")),
        replace(news.reported(about, measured(0.8)), run=7),
        news.queued(about, 8, Asked("bea", "", "comment-2")),
        replace(news.running(about, 1, 2), run=8),
        replace(news.cancelled(about), run=8),
    )


# One news of each state, of the first commit.
AT = {
    State.VALIDATED: news.validated(subject(), model_config(), [], Quote(2, 2, 0)),
    State.INVALID: news.validated(subject(), None, [PROBLEM], None),
    State.QUEUED: news.queued(subject()),
    State.RUNNING: news.running(subject()),
    State.EVALUATED: news.reported(subject(), measured()),
    State.FAILED: news.ended_without_report(subject()),
    State.CANCELLED: news.cancelled(subject()),
}


def kinds(model: Model, said: News) -> list[type[Operation]]:
    """What the bot would do now, in its order."""
    return [type(operation) for operation in model.plan(said)[1]]


def said_so_far(model: Model) -> State:
    """What the first comment is marked with."""
    marker = marker_of(model.comments[0].body)
    assert marker
    return marker.state
