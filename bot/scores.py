"""Scores as frozen data, read from mteb's TaskResult JSON whichever version wrote it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

_LARGEST = 1e6  # no metric of mteb comes near, and sums of numbers near 1e308 overflow


@dataclass(frozen=True)
class SubsetScore:
    """Main score (a fraction, may be negative) of one subset of one split.

    `repeats` holds the main score of each experiment where the result carries them, else it is empty. It is
    grouped by what the experiments are alike in: one group, or one for each level of a hierarchical clustering.
    """

    split: str
    subset: str
    languages: tuple[str, ...]
    main_score: float
    repeats: tuple[tuple[float, ...], ...] = ()

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean over repeats; None without groups, or where one has fewer than two.

        Groups are strata: that one level scores higher than another is no noise.
        """
        if not self.repeats or any(len(group) <= 1 for group in self.repeats):
            return None
        every = sum(map(len, self.repeats))
        return math.hypot(*(math.sqrt(len(group)) / every * stdev(group) for group in self.repeats))


@dataclass(frozen=True)
class TaskScores:
    """All scored subsets of one task, with what names the data they were measured on."""

    task: str
    task_type: str
    main_metric: str
    dataset_id: str | None
    dataset_revision: str
    subsets: tuple[SubsetScore, ...]
    result: Mapping[str, Any]

    @property
    def main_score(self) -> float:
        """Mean over every subset of every split, as mteb aggregates."""
        return task_mean(self.subsets)


def task_mean(subsets: Sequence[SubsetScore]) -> float:
    """A task's main score: every subset of every split counts alike."""
    return fmean(subset.main_score for subset in subsets)


def read_subset_scores(
    result: Mapping[str, Any], main_metric: str
) -> tuple[tuple[SubsetScore, ...], tuple[str, ...]]:
    """Subsets of a TaskResult that have a usable main score, and `split/subset` names of the others."""
    scored, undefined = [], []
    for split, entries in result["scores"].items():
        for entry in entries:
            main_score = _finite(entry.get("main_score"))
            subset = entry.get("hf_subset", "default")
            if main_score is None:
                undefined.append(f"{split}/{subset}")
                continue
            languages = tuple(entry.get("languages", ()))
            repeats = _repeats(entry, main_metric)
            scored.append(SubsetScore(split, subset, languages, main_score, repeats))
    return tuple(scored), tuple(undefined)


def _repeats(entry: Mapping[str, Any], main_metric: str) -> tuple[tuple[float, ...], ...]:
    """Main score of each experiment by group, or nothing unless every one of them is a finite number."""
    groups = []
    for values in _repeated_values(entry, main_metric):
        numbers = [_finite(value) for value in values]
        finite = tuple(number for number in numbers if number is not None)
        if len(finite) < len(numbers):
            return ()
        groups.append(finite)
    return tuple(groups)


def _repeated_values(entry: Mapping[str, Any], main_metric: str) -> list[list[Any]]:
    """As mteb writes them: `scores_per_experiment` (classification), `v_measures` by level (clustering)."""
    experiments = entry.get("scores_per_experiment")
    if isinstance(experiments, list):
        return [
            [
                experiment.get(main_metric) if isinstance(experiment, dict) else None
                for experiment in experiments
            ]
        ]
    levels = entry.get({"v_measure": "v_measures", "ami": "ami_scores"}.get(main_metric, ""))
    if not isinstance(levels, dict):
        return []
    return [level if isinstance(level, list) else [None] for level in levels.values()]


def _finite(value: object) -> float | None:
    """`value` as a float if it is a number a score can be; untrusted JSON may hold anything."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return number if abs(number) <= _LARGEST else None
