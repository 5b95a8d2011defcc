"""A regression as a page of Markdown: the verdict, what differs in packages, every task."""

from collections import Counter

from bot.bounded import Section, bounded
from bot.markdown import code, table_head, table_row
from bot.model_results import short_revision
from bot.regression.judge import Finding, JudgedTask, Regression
from bot.regression.versions import Differing
from bot.sentences import (
    SCORES_EXPLAINED,
    SYMBOLS_EXPLAINED,
    change_in_points,
    counted,
    points,
)

_NOTHING = "—"
_LONGEST = 300


def page(regression: Regression) -> str:
    """What a person reads."""
    where = f"{code(regression.model)} at {code(short_revision(regression.revision))}"
    head = f"## Regression: {where}\n\n{verdict(regression)}\n\n{_packages(regression)}"
    ordered = sorted(regression.tasks, key=lambda task: not task.finding.is_change)
    rows = Section(
        "",
        table_head=table_head(
            ["task", "accepted", "now", "change"], ["left", "right", "right", "left"]
        ),
        items=tuple(table_row(_row(task)) for task in ordered),
        outro=f"{SCORES_EXPLAINED} {SYMBOLS_EXPLAINED}",
    )
    return bounded([Section(head, importance=100), rows] if ordered else [Section(head)])


def verdict(regression: Regression) -> str:
    """One sentence: the same or not, and what changed."""
    if not regression.tasks:
        return (
            f"**Nothing was measured:** {code(regression.why or 'the report is empty', _LONGEST)}."
        )
    found = Counter(task.finding for task in regression.tasks)
    compared = counted(len(regression.tasks) - found[Finding.NOT_ACCEPTED], "task")
    changes = ", ".join(
        _change(finding, found[finding])
        for finding in Finding
        if finding.is_change and found[finding]
    )
    if changes:
        return f"**Changed: of {compared}, {changes}.**"
    if not any(task.difference for task in regression.tasks):
        return "**Nothing could be compared: none of the tasks is among the accepted results.**"
    return f"**Unchanged: {compared} {'scores' if compared == '1 task' else 'score'} as accepted.**"


def _change(finding: Finding, count: int) -> str:
    verb = {
        Finding.BETTER: "scores better" if count == 1 else "score better",
        Finding.WORSE: "scores worse" if count == 1 else "score worse",
        Finding.NO_SCORE: "has no score now" if count == 1 else "have no score now",
        Finding.OTHER_DATA: "has other data now" if count == 1 else "have other data now",
    }[finding]
    return f"{count:,} {verb}"


def _packages(regression: Regression) -> str:
    if not regression.known_packages:
        return "The accepted results do not say with which packages they were made."
    if not regression.packages:
        return "The packages that the accepted results name have the same versions now."
    return (
        f"Packages that differ: {', '.join(_package(package) for package in regression.packages)}."
    )


def _package(differs: Differing) -> str:
    before = " and ".join(code(version, 60) for version in differs.accepted)
    now = code(differs.now, 60) if differs.now is not None else "not installed"
    return f"{code(differs.package, 60)} {before} → {now}"


def _row(task: JudgedTask) -> tuple[str, str, str, str]:
    if task.difference is None:
        why = f": {code(task.why, _LONGEST)}" if task.why else ""
        return code(task.task), _NOTHING, _NOTHING, task.finding.value + why
    accepted, now = task.difference.baseline, task.difference.candidate
    return (
        code(task.task),
        points(accepted.value),
        points(now.value),
        change_in_points(task.difference),
    )
