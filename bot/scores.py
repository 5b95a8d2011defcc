"""Scores as frozen data, read from mteb's TaskResult JSON whichever version wrote it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any


@dataclass(frozen=True)
class SubsetScore:
    """Main score (a fraction, may be negative) of one subset of one split.

    `repeats` holds the main score of each experiment where the result carries them, else it is empty.
    """

    split: str
    subset: str
    languages: tuple[str, ...]
    main_score: float
    repeats: tuple[float, ...] = ()

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean over repeats; None with fewer than two."""
        if len(self.repeats) < 2:
            return None
        return stdev(self.repeats) / math.sqrt(len(self.repeats))


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
        """Mean over splits of the mean over subsets, as mteb aggregates."""
        splits = dict.fromkeys(s.split for s in self.subsets)
        return fmean(
            fmean(s.main_score for s in self.subsets if s.split == split) for split in splits
        )


def read_subset_scores(
    result: Mapping[str, Any], main_metric: str
) -> tuple[tuple[SubsetScore, ...], tuple[str, ...]]:
    """Subsets of a TaskResult that have a finite main score, and `split/subset` names of those that have none."""
    scored, undefined = [], []
    for split, entries in result["scores"].items():
        for entry in entries:
            main_score = entry.get("main_score")
            if (
                isinstance(main_score, bool)
                or not isinstance(main_score, int | float)
                or not math.isfinite(main_score)
            ):
                undefined.append(f"{split}/{entry.get('hf_subset', 'default')}")
                continue
            scored.append(
                SubsetScore(
                    split=split,
                    subset=entry.get("hf_subset", "default"),
                    languages=tuple(entry.get("languages", ())),
                    main_score=float(main_score),
                    repeats=_repeats(entry, main_metric),
                )
            )
    return tuple(scored), tuple(undefined)


def _repeats(entry: Mapping[str, Any], main_metric: str) -> tuple[float, ...]:
    """Main score of each experiment: `scores_per_experiment` (classification), `v_measures` (clustering)."""
    if "scores_per_experiment" in entry:
        values = [experiment.get(main_metric) for experiment in entry["scores_per_experiment"]]
    elif main_metric in {"v_measure", "ami"}:
        levels = entry.get("v_measures" if main_metric == "v_measure" else "ami_scores", {})
        values = (
            [value for level in levels.values() for value in level]
            if isinstance(levels, dict)
            else []
        )
    else:
        values = []
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return ()
    return tuple(float(value) for value in values)
