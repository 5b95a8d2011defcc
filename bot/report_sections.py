"""What only a report has, as sections of a comment: failures, claims, a smoke run's table, tracebacks."""

from collections.abc import Sequence

from bot.bounded import Section
from bot.claims import ClaimCheck, Finding
from bot.comparison_table import NOTHING
from bot.failure import Failure
from bot.finetuned.sentences import training_name
from bot.how_measured import duration
from bot.markdown import code, fenced, table_head, table_row
from bot.report import Report
from bot.sentences import AT_FAULT, SMOKE_EXPLAINED, points

_MOST_NAMED = 10
_FINDINGS = {
    Finding.CONFIRMED: "confirmed",
    Finding.DIFFERS: "**differs**",
    Finding.NOT_MEASURED: "not measured",
}


def failure_section(report: Report, where: str) -> Section | None:
    """Every failure once, with the tasks and trainings it struck: whose fault, what happened, what to do next."""
    struck = _by_failure(report)
    if not struck:
        return None
    return Section(
        intro="### What failed",
        items=tuple(_failure(failure, names) for failure, names in struck.items()),
        importance=95,
        where=where,
    )


def traceback_section(report: Report, where: str) -> Section | None:
    """What Python said, for maintainers."""
    items = tuple(
        f"{_named(names)}\n\n{fenced(failure.detail)}\n"
        for failure, names in _by_failure(report).items()
        if failure.detail
    )
    return Section("", items, importance=1, fold="Tracebacks, for maintainers", where=where)


def claims_section(claims: Sequence[ClaimCheck], where: str) -> Section | None:
    """Claimed beside measured scores."""
    if not claims:
        return None
    return Section(
        intro="### Claimed scores",
        table_head=table_head(
            ["task", "claimed", "measured", "difference", "finding"],
            ["left", "right", "right", "right", "left"],
        ),
        items=tuple(table_row(_claim(claim)) for claim in claims),
        outro="Confirmed means: within 0.10 points, or within twice the standard error of the measurement.",
        importance=70,
        where=where,
    )


def smoke_section(report: Report, where: str) -> Section:
    """The tasks of a smoke run, under a warning."""
    rows = [
        (
            code(outcome.task),
            "failed" if outcome.failure else "ran" if outcome.scores else "not run",
            points(outcome.scores.main_score)
            if outcome.scores and outcome.scores.subsets
            else NOTHING,
            f"{outcome.texts_encoded:,}",
            duration(outcome.seconds),
        )
        for outcome in report.outcomes
    ]
    return Section(
        intro=SMOKE_EXPLAINED,
        table_head=table_head(
            ["task", "", "score, means nothing", "texts encoded", "time"],
            ["left", "left", "right", "right", "right"],
        ),
        items=tuple(table_row(row) for row in rows),
        importance=80,
        where=where,
    )


def _by_failure(report: Report) -> dict[Failure, list[str]]:
    """What each failure struck, as Markdown; nothing where it was the whole run."""
    struck: dict[Failure, list[str]] = {report.failure: []} if report.failure else {}
    for outcome in report.outcomes:
        if outcome.failure:
            struck.setdefault(outcome.failure, []).append(code(outcome.task))
    for run in report.finetuned.runs if report.finetuned else ():
        if run.failure and run.failure != report.failure:
            struck.setdefault(run.failure, []).append(training_name(run.variant, run.seed))
    return struck


def _failure(failure: Failure, names: Sequence[str]) -> str:
    return (
        f"**{_named(names)}: {AT_FAULT[failure.kind]}.**\n\n{fenced(failure.message)}\n\n"
        f"Next: {code(failure.advice, 1000)}\n"
    )


def _named(names: Sequence[str]) -> str:
    if not names:
        return "The whole run"
    more = len(names) - _MOST_NAMED
    said = ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return said[:1].upper() + said[1:]


def _claim(claim: ClaimCheck) -> tuple[str, ...]:
    if claim.measured is None:
        return code(claim.task), points(claim.claimed), NOTHING, NOTHING, _FINDINGS[claim.finding]
    difference = claim.measured.value - claim.claimed
    shown = points(difference)
    return (
        code(claim.task),
        points(claim.claimed),
        points(claim.measured.value),
        f"+{shown}" if difference > 0 and shown != "0.00" else shown,
        _FINDINGS[claim.finding],
    )
