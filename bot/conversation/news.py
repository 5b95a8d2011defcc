"""What a step of a submission's way has to say, before anybody looks at what GitHub shows already."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.claims import check_claims
from bot.comment import comment_on_report
from bot.compare import compare
from bot.conversation import wording
from bot.conversation.annotations import Annotation, annotations_for
from bot.conversation.marker import Published
from bot.conversation.states import TABLE, Conclusion, State
from bot.conversation.subject import Subject
from bot.model_results import ModelResults, results_of_report
from bot.problem_formats import has_errors
from bot.quote import Quote
from bot.report import Report
from bot.verdict import report_verdict
from schemas.problem import Problem
from schemas.submission import ModelConfig


@dataclass(frozen=True)
class News:
    """`text` is Markdown within wording.LIMIT, `title` the same in a few plain words.

    `annotations` are None where the news is not about lines of files. `note` stands in the check run
    only. `report` is the digest of the report it tells of, and
    `published` what became of that report on the Hub, where that is known.
    """

    subject: Subject
    state: State
    text: str
    title: str
    conclusion: Conclusion | None
    annotations: tuple[Annotation, ...] | None = None
    note: str = ""
    report: str | None = None
    published: Published | None = None


def validated(
    subject: Subject, config: ModelConfig | None, problems: Sequence[Problem], quote: Quote | None
) -> News:
    """The check's outcome. `config` and `quote` are None only where a problem keeps it from being read."""
    annotations = annotations_for(problems)
    marked = wording.marked_on_lines(len(annotations), len(problems))
    if config is None or quote is None or has_errors(problems):
        text, title = wording.invalid(problems), wording.invalid_title(problems)
        return _news(subject, State.INVALID, text, title, annotations, marked)
    text, title = wording.valid(config, quote, problems), wording.valid_title(quote)
    return _news(subject, State.VALIDATED, text, title, annotations, marked)


def queued(subject: Subject) -> News:
    """A maintainer started the evaluation."""
    return _news(subject, State.QUEUED, wording.queued(), State.QUEUED.value)


def running(subject: Subject, done: int | None = None, tasks: int | None = None) -> News:
    """A machine is at work, `done` of `tasks` tasks are through."""
    text, title = wording.running(done, tasks), wording.running_title(done, tasks)
    return _news(subject, State.RUNNING, text, title)


def superseded(subject: Subject) -> News:
    """A push replaced the commit."""
    text, title = wording.SUPERSEDED_CHECK, wording.SUPERSEDED_TITLE
    return _news(subject, State.SUPERSEDED, text, title)


def ended_without_report(subject: Subject) -> News:
    """The evaluation is over and left nothing to read."""
    return _news(subject, State.FAILED, wording.ended_without_report(), "ended without a report")


def unusable_report(subject: Subject, reason: str) -> News:
    """The evaluation is over and left something that is no report."""
    text = wording.unusable_report(reason)
    return _news(subject, State.FAILED, text, "the report cannot be used")


@dataclass(frozen=True)
class Measured:
    """A report of the subject's own config, its digest, what it is compared with, and what became of it on the Hub."""

    report: Report
    digest: str
    config: ModelConfig
    baselines: Sequence[ModelResults] = ()
    published: Published | None = None


def reported(subject: Subject, measured: Measured) -> News:
    """What the report says: scores, or why there are none."""
    report = measured.report
    results = results_of_report(report)
    comparison = compare(results, measured.baselines) if measured.baselines else None
    claims = check_claims(measured.config.claims, results)
    verdict = report_verdict(report, comparison, claims)
    complete = report.status == "completed" and verdict.tone != "bad"
    state = State.EVALUATED if complete else State.FAILED
    doubtful = complete and verdict.tone == "attention"
    return News(
        subject,
        state,
        text=comment_on_report(report, comparison, claims, limit=wording.LIMIT),
        title=verdict.badge,
        conclusion="neutral" if doubtful else TABLE[state].conclusion,
        report=measured.digest,
        published=measured.published,
    )


def _news(
    subject: Subject,
    state: State,
    text: str,
    title: str,
    annotations: tuple[Annotation, ...] | None = None,
    note: str = "",
) -> News:
    return News(subject, state, text, title, TABLE[state].conclusion, annotations, note)
