"""The base model and every variant side by side, as numbers: scores, changes over the same draws, spread of seeds."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from bot.difference import Difference, Estimate, mean
from bot.finetuned.data import Finetuned, MeasuredTask, Training


@dataclass(frozen=True)
class Score:
    """A model's score of a task, or mean over tasks. `by_seed` has it for each seed, `change` against the base model.

    `estimate` is the mean over the seeds; its standard error is over the draws of the task, not over seeds.
    """

    estimate: Estimate
    by_seed: tuple[float, ...]
    change: Difference | None


@dataclass(frozen=True)
class Variant:
    """What came of a variant: `ended` trainings, `tasks` that every one of them has a score of, and their mean.

    `mean` is over the tasks that all models of the comparison have; None where there are none.
    """

    name: str
    runs: tuple[Training, ...]
    tasks: Mapping[str, Score]
    mean: Score | None = None

    @property
    def ended(self) -> tuple[Training, ...]:
        """The trainings that came to a model."""
        return _ended(self.runs)

    @property
    def held_out(self) -> float | None:
        """Mean of the held-out scores."""
        scores = [run.held_out_score for run in self.ended]
        known = [score for score in scores if score is not None]
        return fmean(known) if known and len(known) == len(scores) else None


@dataclass(frozen=True)
class SideBySide:
    """All models. `shared` are the tasks that all of them have a score of, `tasks` those that any has."""

    raw: Mapping[str, Estimate]
    raw_mean: Estimate | None
    variants: tuple[Variant, ...]
    tasks: tuple[str, ...]
    shared: tuple[str, ...]


def side_by_side(tuned: Finetuned) -> SideBySide:
    """The base model beside every variant."""
    variants = [
        _variant(name, [run for run in tuned.runs if run.variant == name], tuned.raw)
        for name in tuned.variants
    ]
    raw = {task.name: _estimate(task.main_score, task.experiments) for task in tuned.raw}
    scored = [variant.tasks for variant in variants if variant.ended]
    shared = tuple(name for name in raw if all(name in tasks for tasks in scored))
    every = dict.fromkeys([*raw, *(name for tasks in scored for name in tasks)])
    return SideBySide(
        raw,
        mean(raw[name] for name in shared) if shared else None,
        tuple(
            Variant(one.name, one.runs, one.tasks, _mean(one, shared) if one.ended else None)
            for one in variants
        ),
        tuple(every),
        shared,
    )


def chosen_against_raw(tuned: Finetuned) -> tuple[int, Difference] | None:
    """The chosen training's mean over the tasks that the base model has too: how many these are, and the change."""
    run = tuned.chosen_run
    if run is None:
        return None
    alone = _variant(run.variant, [run], tuned.raw)
    shared = tuple(name for name, score in alone.tasks.items() if score.change)
    found = _mean(alone, shared)
    return (len(shared), found.change) if found and found.change else None


def _variant(name: str, runs: Sequence[Training], raw: Sequence[MeasuredTask]) -> Variant:
    base = {task.name: task for task in raw}
    measured = [{task.name: task for task in run.tasks} for run in _ended(runs)]
    names = [name for name in (measured or [{}])[0] if all(name in tasks for tasks in measured)]
    scores = {
        task: _score([tasks[task] for tasks in measured], base.get(task)) for task in names
    }  # fmt: skip
    return Variant(name, tuple(runs), scores)


def _score(by_seed: Sequence[MeasuredTask], raw: MeasuredTask | None) -> Score:
    values = tuple(task.main_score for task in by_seed)
    draws = _averaged([task.experiments for task in by_seed])
    estimate = _estimate(fmean(values), draws)
    if raw is None:
        return Score(estimate, values, None)
    return Score(estimate, values, _change(estimate, draws, raw))


def _change(estimate: Estimate, draws: Sequence[float], raw: MeasuredTask) -> Difference:
    """Over the same draws it is their differences that vary: what all models share cancels out."""
    baseline = _estimate(raw.main_score, raw.experiments)
    paired = None
    if len(draws) == len(raw.experiments):
        paired = _error([here - there for here, there in zip(draws, raw.experiments, strict=True)])
    return Difference(estimate, baseline, paired)


def _mean(variant: Variant, shared: Sequence[str]) -> Score | None:
    if not shared:
        return None
    scores = [variant.tasks[name] for name in shared]
    changes = [score.change for score in scores if score.change]
    errors = [change.standard_error for change in changes]
    known = [error for error in errors if error is not None]
    paired = math.hypot(*known) / len(shared) if len(known) == len(shared) else None
    estimate = mean(score.estimate for score in scores)
    change = Difference(estimate, mean(change.baseline for change in changes), paired)
    seeds = zip(*(score.by_seed for score in scores), strict=True)
    return Score(estimate, tuple(fmean(values) for values in seeds), change)


def _estimate(value: float, draws: Sequence[float]) -> Estimate:
    return Estimate(value, _error(draws))


def _error(draws: Sequence[float]) -> float | None:
    """Standard error of the mean over independent draws; None of fewer than two."""
    return stdev(draws) / math.sqrt(len(draws)) if len(draws) > 1 else None


def _averaged(draws: Sequence[Sequence[float]]) -> list[float]:
    """Each draw's mean over the seeds; none where seeds have different numbers of draws."""
    if len({len(one) for one in draws}) != 1:
        return []
    return [fmean(values) for values in zip(*draws, strict=True)]


def _ended(runs: Iterable[Training]) -> tuple[Training, ...]:
    return tuple(run for run in runs if run.ended)
