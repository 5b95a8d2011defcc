"""What a step of a submission's way has to say, before anybody looks at what GitHub shows already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.claims import check_claims
from bot.comment import comment_on_report
from bot.compare import compare
from bot.conversation import wording
from bot.conversation.annotations import Annotation, annotations_for
from bot.conversation.marker import Asked, Published
from bot.conversation.states import TABLE, Conclusion, State
from bot.conversation.subject import Subject
from bot.model_results import ModelResults, results_of_report
from bot.problem_formats import has_errors
from bot.quote import Quote
from bot.report import Report
from bot.sentences import Verdict
from bot.verdict import report_verdict
from schemas.problem import Problem
from schemas.settings import PublishOn
from schemas.submission import ModelConfig


@dataclass(frozen=True)
class News:
    """`text` is Markdown within wording.LIMIT, `title` the same in a few plain words.

    `annotations` are None where the news is not about lines of files. `note` stands in the check run
    only. `report` is the digest of the report it tells of, and
    `published` what became of that report on the Hub, where that is known. `next` is a sentence that
    holds as long as the pull request is open, and `until_published` one for as long as nothing is known
    to be published too. `run` is the workflow run that it is news of, and `asked`
    what that run was asked for, where these are known.
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
    next: str = ""
    until_published: str = ""
    run: int | None = None
    asked: Asked | None = None


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


def queued(subject: Subject, run: int | None = None, asked: Asked | None = None) -> News:
    """A maintainer started the evaluation."""
    said = _news(subject, State.QUEUED, wording.queued(), State.QUEUED.value)
    return replace(said, run=run, asked=asked)


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


def timed_out(subject: Subject) -> News:
    """The evaluation was stopped at its time limit."""
    return _news(subject, State.FAILED, wording.timed_out(), "time limit reached")


def cancelled(subject: Subject) -> News:
    """Somebody stopped the evaluation."""
    return _news(subject, State.CANCELLED, wording.cancelled(), State.CANCELLED.value)


def unusable_report(subject: Subject, reason: str) -> News:
    """The evaluation is over and left something that is no report."""
    text = wording.unusable_report(reason)
    return _news(subject, State.FAILED, text, "the report cannot be used")


@dataclass(frozen=True)
class Measured:
    """A report of the subject's own config, its digest, what it is compared with, and what became of it on the Hub.

    `publish_on` is when the board publishes; None: that is not known here. `unpublished` is why these results are not
    published whenever that is. `asked` are the tasks of the whole
    config; None: as many as the report has.
    """

    report: Report
    digest: str
    config: ModelConfig
    baselines: Sequence[ModelResults] = ()
    published: Published | None = None
    publish_on: PublishOn | None = None
    unpublished: str = ""
    asked: Sequence[str] | None = None

    @property
    def left_out(self) -> list[str]:
        """Tasks that the config asks for and this run was not asked for."""
        measured = {outcome.task for outcome in self.report.outcomes}
        return [task for task in self.asked or () if task not in measured]


def reported(subject: Subject, measured: Measured) -> News:
    """What the report says: scores, or why there are none."""
    report = measured.report
    results = results_of_report(report)
    comparison = compare(results, measured.baselines) if measured.baselines else None
    claims = check_claims(measured.config.claims, results)
    verdict = report_verdict(report, comparison, claims)
    state = _state_of(report, verdict)
    partial = state is State.EVALUATED and bool(measured.left_out)
    doubtful = state is State.EVALUATED and (partial or verdict.tone == "attention")
    return News(
        subject,
        state,
        text=comment_on_report(report, comparison, claims, limit=wording.LIMIT),
        title=verdict.badge,
        conclusion="neutral" if doubtful else TABLE[state].conclusion,
        report=measured.digest,
        published=measured.published,
        next=_in_part(measured) if partial else _next(state, report),
        until_published=_until_published(state, measured),
    )


def _state_of(report: Report, verdict: Verdict) -> State:
    if report.status != "completed" or verdict.tone == "bad":
        return State.FAILED
    return State.TRIED if report.smoke else State.EVALUATED


def _until_published(state: State, measured: Measured) -> str:
    if state is not State.EVALUATED or measured.publish_on is None:
        return ""
    return measured.unpublished or wording.when_published(measured.publish_on)


def _in_part(measured: Measured) -> str:
    left = len(measured.left_out)
    return wording.only_in_part(left, len(measured.asked or ()))


def _next(state: State, report: Report) -> str:
    if state is State.TRIED:
        return wording.NEXT_EVALUATION
    if state is State.EVALUATED:
        return wording.NEXT_MERGE
    trainings = report.finetuned.failures if report.finetuned else ()
    failures = [report.failure, *(outcome.failure for outcome in report.outcomes), *trainings]
    return wording.next_after_failure({failure.kind for failure in failures if failure})


def _news(
    subject: Subject,
    state: State,
    text: str,
    title: str,
    annotations: tuple[Annotation, ...] | None = None,
    note: str = "",
) -> News:
    return News(subject, state, text, title, TABLE[state].conclusion, annotations, note)
