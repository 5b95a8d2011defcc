"""A comparison as tables of a comment: how models are named, the means, and the score of every task."""

from collections import Counter
from collections.abc import Sequence

from bot.bounded import Section
from bot.comparison import Against, Comparison, TaskRow
from bot.difference import Change, Difference
from bot.markdown import Align, code, table_head, table_row
from bot.model_results import ModelResults, short_revision
from bot.sentences import (
    NEGATIVE_SCORES_EXPLAINED,
    SCORES_EXPLAINED,
    SYMBOLS_EXPLAINED,
    change_in_points,
    counted,
    points,
)

NOTHING = "—"


def labels(models: Sequence[ModelResults]) -> tuple[str, ...]:
    """A short code span for each model: without its organisation, with its revision where names repeat."""
    names = Counter(results.model for results in models)
    shorts = Counter(name.rpartition("/")[2] for name in names)
    shown = []
    for results in models:
        short = results.model.rpartition("/")[2]
        name = short if short and shorts[short] == 1 else results.model
        again = names[results.model] > 1
        shown.append(code(f"{name} at {short_revision(results.revision)}" if again else name, 80))
    return tuple(shown)


def means_section(comparison: Comparison, names: Sequence[str]) -> Section:
    """Means over shared tasks, one row a baseline."""
    of = f" of {len(comparison.rows)}" if comparison.scope else ""
    rows = []
    for baseline, overall in zip(comparison.baselines, comparison.overall, strict=True):
        name = f"{code(baseline.model)} at {code(short_revision(baseline.revision))}"
        if overall is None:
            rows.append((name, f"0{of}", *[NOTHING] * 6))
            continue
        difference, changes = overall.tasks.difference, overall.changes
        rows.append(
            (
                name,
                f"{overall.tasks.tasks}{of}",
                *scores_and_change(difference),
                *(
                    f"{changes.get(change, 0)}"
                    for change in (Change.BETTER, Change.WORSE, Change.SAME)
                ),
            )
        )
    headers = [
        "against",
        "tasks",
        names[0],
        "baseline",
        "change",
        "better",
        "worse",
        "same or within noise",
    ]
    align = _right_but_first(headers)
    return Section(
        intro="### Scores\n\nMeans over the tasks that both have on the same data:",
        table_head=table_head(headers, align),
        items=tuple(table_row(row) for row in rows),
        importance=90,
    )


def tasks_section(
    comparison: Comparison,
    rows: Sequence[tuple[str, str, TaskRow | None]],
    names: Sequence[str],
    where: str,
) -> Section:
    """The table of tasks: (task, the model's score or what became of it, its row) each."""
    headers = ["task", names[0] if len(names) > 1 else "score"]
    for name in names[1:]:
        headers += [name, "change"]
    align = _right_but_first(headers)
    items = []
    for task, score, row in rows:
        cells = [code(task), score]
        for index, baseline in enumerate(comparison.baselines):
            filled = baseline.filled.get(task)
            cells += _against(row, row.against[index], filled) if row else [NOTHING] * 2
        items.append(table_row(cells))
    return Section(
        intro="Task by task:" if comparison.baselines else "### Scores",
        table_head=table_head(headers, align),
        items=tuple(items),
        outro=_explained(comparison, rows),
        importance=80,
        where=where,
    )


def score_cell(comparison: Comparison, row: TaskRow) -> str:
    """The model's score of a task, marked where it comes from another revision or lacks subsets."""
    if row.candidate is None:
        return NOTHING
    filled = comparison.candidate.filled.get(row.task)
    incomplete = f" ({counted(row.absent, 'subset')} missing)" if row.absent else ""
    return points(row.candidate.value) + _marked(filled) + incomplete


def scores_and_change(difference: Difference) -> tuple[str, str, str]:
    """Cells: the model's score, the baseline's, and the change."""
    return (
        points(difference.candidate.value),
        points(difference.baseline.value),
        change_in_points(difference),
    )


def _against(row: TaskRow, against: Against, filled: str | None) -> list[str]:
    if against.baseline is None:
        return [NOTHING, NOTHING]
    score = points(against.baseline.value) + _marked(filled)
    if against.difference is None:
        return [score, "not comparable"]
    change = change_in_points(against.difference)
    if against.only_candidate and against.difference.candidate != row.candidate:
        change += f" ({points(against.difference.candidate.value)} on shared subsets)"
    return [score, change]


def _marked(filled: str | None) -> str:
    return f" at {code(short_revision(filled))}" if filled else ""


def _right_but_first(headers: Sequence[str]) -> list[Align]:
    return ["left" if index == 0 else "right" for index in range(len(headers))]


def _explained(comparison: Comparison, rows: Sequence[tuple[str, str, TaskRow | None]]) -> str:
    """The legend, as long as what stands in the table needs it."""
    estimates = [row.candidate for _, _, row in rows if row]
    estimates += [against.baseline for _, _, row in rows if row for against in row.against]
    negative = any(estimate and estimate.value < 0 for estimate in estimates)
    said = (
        [SCORES_EXPLAINED] if comparison.baselines else [SCORES_EXPLAINED.partition(";")[0] + "."]
    )
    said += [SYMBOLS_EXPLAINED] if comparison.baselines else []
    said += [NEGATIVE_SCORES_EXPLAINED] if negative else []
    return "\n\n".join(said)
