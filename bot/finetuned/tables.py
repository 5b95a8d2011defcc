"""The base model and every variant side by side, as tables of a comment."""

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from bot.bounded import Section
from bot.difference import Change, Difference, Estimate
from bot.finetuned.comparison import Score, SideBySide, Variant, side_by_side
from bot.finetuned.data import Finetuned
from bot.finetuned.sentences import choice
from bot.how_measured import duration
from bot.markdown import Align, code, table_head, table_row
from bot.sentences import change_in_points, counted, points

NOTHING = "—"
_NAMED_AT_MOST = 80
_EXPLAINED = (
    "In brackets: the standard error over the task's repeated experiments. Changes are against the raw model, "
    "over the same draws where both have them: ▲ better, ▼ worse by more than the number after ±, which is twice "
    "the standard error; ≈ within noise; △, ▽ or = where the noise is unknown."
)
_SEEDS = (
    "Of a variant with several seeds the mean over them is shown, and the lowest and the highest."
)
_BREAK = "<br>"  # columns of several variants are narrow
Column = tuple[str, str, Callable[[Variant], str]]


def side_by_side_sections(tuned: Finetuned, where: str) -> list[Section]:
    """The means, and where there is more than one task, each of them; nothing where nothing was measured."""
    if not (tuned.raw or tuned.ended):
        return []
    found = side_by_side(tuned)
    sections = [_means(tuned, found)]
    if len(found.tasks) > 1:
        sections.append(_tasks(found, where))
    return sections


def _means(tuned: Finetuned, found: SideBySide) -> Section:
    columns = list(_columns(found))
    raw = f"raw: {code(tuned.base_model, _NAMED_AT_MOST)}"
    rows = [[raw, *(of_raw for _, of_raw, _ in columns)]]
    for variant in found.variants:
        is_chosen = tuned.chosen is not None and tuned.chosen.variant == variant.name
        name = f"{code(variant.name, 40)}{' (chosen)' if is_chosen else ''}"
        rows.append([name, *(cell(variant) for _, _, cell in columns)])
    seeds = f" {_SEEDS}" if _several_seeds(found) else ""
    return Section(
        intro=f"### Raw and tuned\n\n{_over(found)}",
        table_head=_head(["model", *(header for header, _, _ in columns)]),
        items=tuple(map(table_row, rows)),
        outro=f"{choice(tuned)}\n\n{_EXPLAINED}{seeds}",
        importance=92,
    )


def _over(found: SideBySide) -> str:
    if len(found.tasks) == 1:
        return f"Score of {code(found.tasks[0])}:"
    if not found.shared:
        return "There is no task of which all models have a score:"
    return f"Means over {counted(len(found.shared), 'task')} of which all models have a score:"


def _columns(found: SideBySide) -> Iterator[Column]:
    """Header, the base model's cell, and a variant's."""
    yield "score", _scored(found.raw_mean), _score_cell
    yield "change", NOTHING, lambda one: _change(one.mean.change if one.mean else None)
    if _several_seeds(found):
        yield "between seeds", NOTHING, lambda one: _spread(one.mean)
    if any(variant.held_out is not None for variant in found.variants):
        yield (
            "held-out",
            NOTHING,
            lambda one: NOTHING if one.held_out is None else points(one.held_out),
        )
    yield "training time", NOTHING, lambda one: _average(duration, [r.seconds for r in one.ended])
    yield "texts encoded", NOTHING, lambda one: _average(_count, [r.texts_encoded for r in one.ended])  # fmt: skip


def _several_seeds(found: SideBySide) -> bool:
    return any(len(variant.runs) > 1 for variant in found.variants)


def _score_cell(variant: Variant) -> str:
    lost = sum(run.failure is not None for run in variant.runs)
    if not variant.ended:
        return "training failed" if lost else "not trained"
    score = _scored(variant.mean.estimate if variant.mean else None)
    return f"{score}{_BREAK}{lost} of {len(variant.runs)} failed" if lost else score


def _scored(estimate: Estimate | None) -> str:
    if estimate is None:
        return NOTHING
    error = estimate.standard_error
    return points(estimate.value) + (f" ({points(error)})" if error is not None else "")


def _change(difference: Difference | None) -> str:
    if difference is None:
        return NOTHING
    noise = difference.change is Change.SAME and difference.standard_error is not None
    return change_in_points(difference) + (", within noise" if noise else "")


def _spread(score: Score | None) -> str:
    if score is None or len(score.by_seed) <= 1:
        return NOTHING
    return f"{points(min(score.by_seed))} to {points(max(score.by_seed))}"


def _average(told: Callable[[float], str], amounts: Sequence[float]) -> str:
    """Of one training; a variant's trainings differ little in it."""
    if not amounts:
        return NOTHING
    return told(fmean(amounts)) + (" each" if len(amounts) > 1 else "")


def _count(amount: float) -> str:
    return f"{round(amount):,}"


def _tasks(found: SideBySide, where: str) -> Section:
    rows = [
        [
            code(task),
            _scored(found.raw.get(task)),
            *(_task_cell(variant, task) for variant in found.variants),
        ]
        for task in found.tasks
    ]
    return Section(
        intro="Task by task:",
        table_head=_head(["task", "raw", *(code(one.name, 40) for one in found.variants)]),
        items=tuple(map(table_row, rows)),
        importance=75,
        where=where,
    )


def _task_cell(variant: Variant, task: str) -> str:
    score = variant.tasks.get(task)
    if score is None:
        return NOTHING
    cell = [_scored(score.estimate)]
    if score.change:
        cell.append(change_in_points(score.change))
    if len(score.by_seed) > 1:
        cell.append(_spread(score))
    return _BREAK.join(cell)


def _head(headers: Sequence[str]) -> str:
    numbers: list[Align] = ["right"] * (len(headers) - 1)
    return table_head(headers, ["left", *numbers])
