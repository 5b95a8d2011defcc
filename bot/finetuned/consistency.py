"""Whether what a report says of training agrees with itself and with the rest of the report: what no schema can say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from bot.finetuned.data import Finetuned, MeasuredTask, Point, Training, finetuned_from
from bot.finetuned.weights import weights_digest
from bot.scores import read_subset_scores, task_mean

_LARGEST_SCORE = 1000  # as main scores of the report
_LARGEST_LOSS = 1e9
_MOST_SECONDS = 1e9
_SAME = 1e-4  # a hundredth of a point: two ways to add up the same scores


def contradictions_of_training(data: Mapping[str, Any]) -> Iterator[str]:
    """What in `finetuning` of a schema-valid report contradicts something else in the report."""
    tuned = finetuned_from(data.get("finetuning"))
    if tuned is None:
        return
    named = Counter((run.variant, run.seed) for run in tuned.runs)
    if any(count > 1 for count in named.values()):
        yield "a variant stands there twice with one seed"
    if any(one.trained > one.rows for one in tuned.data):
        yield "more rows of a data set were trained on than it has"
    if tuned.contamination.rows and not tuned.contamination.allowed and tuned.ended:
        yield "rows of the evaluation data were not allowed, and yet trained on"
    for run in tuned.runs:
        yield from _of_training(run)
    yield from _of_scores(tuned.raw)
    yield from _of_choice(tuned, data)


def _of_training(run: Training) -> Iterator[str]:
    if run.failure and run.weights_sha256:
        yield "a training that failed has weights"
    if run.tasks and not run.ended:
        yield "a training that came to no model has scores"
    if run.seconds > _MOST_SECONDS:
        yield "the seconds of a training are beyond all reason"
    for points, largest in ((run.loss, _LARGEST_LOSS), (run.held_out, 1)):
        yield from _of_points(points, largest, run.steps)
    if any(value < 0 for _, value in run.held_out):
        yield "a held-out score is below 0"
    yield from _of_scores(run.tasks)


def _of_points(points: Iterable[Point], largest: float, steps: int) -> Iterator[str]:
    places = [step for step, _ in points]
    if any(here >= there for here, there in pairwise(places)):
        yield "the steps of a curve do not rise"
    if any(not 0 <= step <= steps for step in places):
        yield "a curve goes beyond the steps of its training"
    if any(abs(value) > largest for _, value in points):
        yield f"a value of a curve is beyond {largest:g}"


def _of_scores(tasks: tuple[MeasuredTask, ...]) -> Iterator[str]:
    if len({task.name for task in tasks}) < len(tasks):
        yield "one model has two scores of a task"
    scores = [score for task in tasks for score in (task.main_score, *task.experiments)]
    if any(abs(score) > _LARGEST_SCORE for score in scores):
        yield f"a main score is beyond {_LARGEST_SCORE}"


def _of_choice(tuned: Finetuned, data: Mapping[str, Any]) -> Iterator[str]:
    if data["model"]["revision"] != tuned.revision:
        yield "its revision is not that of the weights that were chosen"
    chosen, run = tuned.chosen, tuned.chosen_run
    measured = {task["name"]: task for task in data["tasks"] if task["result"] is not None}
    if chosen is None:
        if measured:
            yield "there are scores, but no training was chosen"
        return
    if run is None or not run.ended:
        yield "a training was chosen that is not there, or that came to no model"
        return
    if data["status"] == "completed" and any(
        not one.ended and not one.failure for one in tuned.runs
    ):
        yield "it says completed, but a training neither ended nor failed"
    if chosen.by == "only" and len(tuned.ended) > 1:
        yield "one training was chosen as the only one, but others ended as well"
    held_out = [one.held_out_score for one in tuned.ended if one.held_out_score is not None]
    by, best = "held_out" if held_out else "first", max(held_out, default=None)
    if chosen.by != "only" and (chosen.by, run.held_out_score) != (by, best):
        yield "a training was not chosen by what was held out as it says"
    if chosen.by == "first" and run != tuned.ended[0]:
        yield "a training was chosen as the first that ended, but another one ended before it"
    weights = [(one["file"], one["sha256"]) for one in data["provenance"]["weights"]]
    if measured and weights_digest(weights) != run.weights_sha256:
        yield "other weights were measured than were chosen"
    yield from _of_chosen_scores(run, measured)


def _of_chosen_scores(run: Training, measured: Mapping[str, Any]) -> Iterator[str]:
    scores = {task.name: task.main_score for task in run.tasks}
    if scores.keys() != measured.keys():
        yield "the training that was chosen has scores of other tasks than the report"
    for name, task in measured.items():
        subsets, _ = read_subset_scores(task["result"], task["main_metric"])
        if name in scores and subsets and abs(task_mean(subsets) - scores[name]) > _SAME:
            yield "a task has another score than in the training that was chosen"
