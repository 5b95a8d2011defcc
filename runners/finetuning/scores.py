"""Main scores of an evaluation's tasks, with those of each random draw."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any


def task_scores(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry for each task of a report that has a result, as `finetuning` of a report has them."""
    return [_score(task) for task in report["tasks"] if task["result"] is not None]


def _score(task: Mapping[str, Any]) -> dict[str, Any]:
    subsets = [one for split in task["result"]["scores"].values() for one in split]
    metric = task["main_metric"]
    draws = [_draws(subset, metric) for subset in subsets]
    same_number = len({len(one) for one in draws}) == 1
    return {
        "name": task["name"],
        "main_metric": metric,
        "main_score": fmean(subset["main_score"] for subset in subsets),
        "experiments": [fmean(one) for one in zip(*draws, strict=True)] if same_number else [],
    }


def _draws(subset: Mapping[str, Any], metric: str) -> list[float]:
    """As mteb writes them: `scores_per_experiment` (classification), `v_measures` by level (clustering)."""
    each = subset.get("scores_per_experiment") or []
    if found := [float(one[metric]) for one in each if isinstance(one, Mapping) and metric in one]:
        return found
    levels = subset.get("v_measures")
    if metric == "v_measure" and isinstance(levels, Mapping) and len(levels) == 1:
        return [float(one) for one in next(iter(levels.values()))]
    return []
