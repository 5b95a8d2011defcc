"""Which axes a chart of scores gets: tasks while they can be told apart, else task types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.scores import TaskScores

MOST_AXES = 12  # labels of more do not fit around a circle
MOST_BARS = 24
FEWEST_AXES = 3  # fewer span no area


@dataclass(frozen=True)
class Axes:
    """Scores (fractions) by axis for each series, and `what` an axis is, in words."""

    series: Mapping[str, Mapping[str, float]]
    what: str


def axes_of(measured: Mapping[str, Sequence[TaskScores]]) -> Axes:
    """Axes of the first series; the others show what they share with it, or drop out if that is nothing.

    Up to MOST_AXES tasks: an axis each. More: the mean of each task type, over the tasks that every series
    has; with fewer than FEWEST_AXES types, again an axis each up to MOST_BARS tasks.
    """
    first, *_ = measured.values()
    types = {score.task: score.task_type for score in first}
    by_task = {
        name: {score.task: score.main_score for score in scores}
        for name, scores in measured.items()
        if any(score.task in types for score in scores)
    }
    few_types = len(set(types.values())) < FEWEST_AXES
    if len(types) <= (MOST_BARS if few_types else MOST_AXES):
        shared = {
            name: {task: scores[task] for task in types if task in scores}
            for name, scores in by_task.items()
        }
        return Axes(shared, "main score of each task, times 100")
    common = [task for task in types if all(task in scores for scores in by_task.values())]
    return Axes(
        {name: _means(scores, common, types) for name, scores in by_task.items()},
        f"mean main score of each task type ({len(common)} tasks), times 100",
    )


def _means(
    scores: Mapping[str, float], tasks: Sequence[str], types: Mapping[str, str]
) -> dict[str, float]:
    grouped: dict[str, list[float]] = {}
    for task in tasks:
        grouped.setdefault(types[task], []).append(scores[task])
    return {task_type: fmean(values) for task_type, values in sorted(grouped.items())}
