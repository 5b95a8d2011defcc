"""The comment: a report or a comparison becomes Markdown, verdict first, whatever the names in it are."""

from collections.abc import Sequence
from dataclasses import replace

from bot.bounded import LIMIT, Section, bounded
from bot.claims import ClaimCheck
from bot.compare import compare
from bot.comparison import Comparison, TaskRow
from bot.comparison_details import care_section, detail_sections
from bot.comparison_table import labels, means_section, score_cell, tasks_section
from bot.finetuned.provenance import how_trained
from bot.finetuned.tables import side_by_side_sections
from bot.how_measured import how_measured
from bot.model_results import results_of_report
from bot.report import Outcome, Report
from bot.report_sections import claims_section, failure_section, smoke_section, traceback_section
from bot.verdict import comparison_verdict, report_verdict

_IN_REPORT = "; `report.json` has all"
_IN_FOLDERS = "; the results folders have all"
_FIRST = 100


def comment_on_comparison(comparison: Comparison, limit: int = LIMIT) -> str:
    """The comment on results folders, of at most `limit` characters."""
    rows = [
        (row.task, score_cell(comparison, row), row)
        for row in comparison.rows
        if comparison.scope or row.candidate
    ]
    verdict = Section(comparison_verdict(comparison).sentence, importance=_FIRST)
    return _fitted([verdict, *_compared(comparison, rows, _IN_FOLDERS)], limit)


def comment_on_report(
    report: Report,
    comparison: Comparison | None = None,
    claims: Sequence[ClaimCheck] = (),
    limit: int = LIMIT,
) -> str:
    """The comment on a report, of at most `limit` characters; `comparison` is of its own results."""
    opening = Section(report_verdict(report, comparison, claims).sentence, importance=_FIRST)
    if report.smoke:
        scores: list[Section | None] = [smoke_section(report, _IN_REPORT)]
    else:
        compared = _of_report(report, comparison or compare(results_of_report(report), ()))
        rows = [_report_row(compared, outcome) for outcome in report.outcomes]
        scores = [*_compared(compared, rows, _IN_REPORT), claims_section(claims, _IN_REPORT)]
    return _fitted(
        [
            opening,
            failure_section(report, _IN_REPORT),
            *_trained(report),
            *scores,
            how_trained(report),
            how_measured(report),
            traceback_section(report, _IN_REPORT),
        ],
        limit,
    )


def _trained(report: Report) -> list[Section]:
    """Scores of a smoke run mean nothing, those of its variants as well."""
    if report.finetuned is None or report.smoke:
        return []
    return side_by_side_sections(report.finetuned, _IN_REPORT)


def _fitted(sections: Sequence[Section | None], limit: int) -> str:
    said = [section for section in sections if section and (section.intro or section.items)]
    return bounded([s for s in said if not s.fold] + [s for s in said if s.fold], limit)


def _compared(
    comparison: Comparison, rows: Sequence[tuple[str, str, TaskRow | None]], where: str
) -> list[Section]:
    names = labels((comparison.candidate, *comparison.baselines))
    means = [means_section(comparison, names)] if comparison.baselines else []
    tasks = [tasks_section(comparison, rows, names, where)] if rows else []
    details = detail_sections(comparison, names, where) if comparison.baselines else []
    return [*means, *tasks, care_section(comparison, names), *details]


def _of_report(report: Report, comparison: Comparison) -> Comparison:
    """Without the tasks that only baselines have: nobody asked for them."""
    asked = {outcome.task for outcome in report.outcomes}
    return replace(comparison, rows=tuple(row for row in comparison.rows if row.task in asked))


def _report_row(comparison: Comparison, outcome: Outcome) -> tuple[str, str, TaskRow | None]:
    row = next((row for row in comparison.rows if row.task == outcome.task), None)
    if outcome.failure:
        return outcome.task, "failed", row
    if outcome.scores is None or row is None:
        return outcome.task, "not run", row
    return outcome.task, score_cell(comparison, row), row
