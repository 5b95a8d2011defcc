"""What the card says to people: what was measured, the scores, the chart, and how it was done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.finetuned.provenance import how_trained
from bot.finetuned.sentences import contamination_warning, trained_from
from bot.finetuned.tables import side_by_side_sections
from bot.how_measured import how_measured
from bot.markdown import code, table
from bot.report import Outcome, Report
from bot.scores import TaskScores
from bot.sentences import counted, points
from schemas.problem import shown


def results_section(report: Report, *, chart: str | None, results_path: str) -> str:
    """Markdown of the block: heading, one sentence, table, chart (a path in the repository), how it was done."""
    # On one line: in a README whose front matter is never closed, a line of `---` would close it.
    command = shown(report.provenance["command"], 4000)
    report = replace(report, provenance={**report.provenance, "command": command})
    measured = [(outcome, outcome.scores) for outcome in report.outcomes if outcome.scores]
    warning = contamination_warning(report.finetuned)
    parts = [
        "## MTEB results",
        *([warning] if warning else []),
        _sentence(report),
        table(
            ["Task", "Type", "Data", "Main metric", "Score"],
            [_row(outcome, scores) for outcome, scores in measured],
            ["left", "left", "left", "left", "right"],
        ),
        _explained(results_path, len(report.outcomes) - len(measured)),
        *([f"![Chart of the scores above]({chart})"] if chart else []),
        *_trained(report),
        how_measured(report).render(),
    ]
    return "\n\n".join(parts)


def _trained(report: Report) -> Iterator[str]:
    """What training gained, and how it was done."""
    if report.finetuned:
        for section in side_by_side_sections(report.finetuned, ""):
            yield section.render()
    if how := how_trained(report):
        yield how.render()


def _sentence(report: Report) -> str:
    provenance = report.provenance
    hardware = provenance["hardware"]
    times = f"{hardware['count']} of " if hardware["count"] > 1 else ""
    tuned = report.finetuned
    which = f"at revision {code(report.revision)} of this model"
    if tuned:
        which = f"of the weights whose digest begins with {code(report.revision)}"
    measured = (
        f"Measured on {_day(report.finished_at)} with mteb "
        f"{code(provenance['packages'].get('mteb', 'of unknown version'))} {which}, "
        f"on {times}{code(hardware['name'])}."
    )
    return f"{trained_from(tuned)} {measured}" if tuned else measured


def _day(timestamp: str) -> str:
    try:
        return datetime.fromisoformat(timestamp).date().isoformat()
    except ValueError:
        return code(timestamp)


def _explained(results_path: str, missing: int) -> str:
    unscored = f" {counted(missing, 'more task')} gave no result." if missing else ""
    return (
        "Main scores in points (times 100), averaged over a task's subsets; every subset and metric is "
        f"in [`{results_path}`]({results_path}).{unscored}"
    )


def _row(outcome: Outcome, scores: TaskScores) -> tuple[str, ...]:
    return (
        code(outcome.task) + (" (custom)" if outcome.custom else ""),
        code(outcome.task_type),
        _data(scores),
        code(outcome.main_metric),
        points(scores.main_score),
    )


def _data(scores: TaskScores) -> str:
    splits = ", ".join(code(split) for split in dict.fromkeys(s.split for s in scores.subsets))
    subsets = list(dict.fromkeys(s.subset for s in scores.subsets))
    if subsets == ["default"]:
        return splits
    return f"{splits}: " + (code(subsets[0]) if len(subsets) == 1 else f"{len(subsets)} subsets")
