"""Whether what stands in one place says the same as the published task results. Values in points, 0 to 100."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import yaml

from bot.card.card import fit_for_metadata
from bot.card.eval_results import FOLDER
from bot.card.file_names import file_name
from bot.card.model_index import (
    Result,
    identity,
    model_index_results,
    published_value,
    results_in,
    revision_of,
)
from bot.scores import TaskScores
from bot.verification.facts import EvalEntry
from schemas.problem import shown

_ROUNDING = 0.0001  # points; cards keep four decimals
Place = tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """How many values are the same, and sentences on those that are missing or differ."""

    same: int
    missing: tuple[str, ...] = ()
    different: tuple[str, ...] = ()


def with_model_index(
    index: yaml.Node, model: str, scores: Mapping[str, TaskScores]
) -> tuple[Agreement, int]:
    """The model-index against the results, and how many of its entries measure something else.

    Those are the author's own, or of another revision of the data: nothing here to compare them with.

    Raises:
        CannotEditYaml: the model-index is not in the shape the Hub reads.
    """
    written: dict[Place, list[Result]] = {}
    for result in results_in(index, model):
        written.setdefault(_place(result, revision_of(result)), []).append(result)
    listed, _ = fit_for_metadata(list(scores.values()))
    missing, different, same, matched = [], [], 0, 0
    for wanted in model_index_results(listed):
        told, untold = _place(wanted, revision_of(wanted)), _place(wanted, "")
        entries = written.get(told) or written.get(untold, [])
        matched += len(entries)
        values = {m["type"]: m["value"] for m in wanted["metrics"] if m["type"]}
        wrong = [_wrong(values, entry) for entry in entries]
        if not entries:
            missing.append(_where(wanted))
        elif said := next(filter(None, wrong), ""):
            different.append(f"{_where(wanted)} says {said}")
        else:
            same += 1
    others = sum(map(len, written.values())) - matched
    return Agreement(same, tuple(missing), tuple(different)), others


def _place(result: Result, revision: str) -> Place:
    """What is measured. The data set is left out: tasks have names of their own, and of a custom one no more is known."""
    task, _, config, split = identity(result)
    return task, config, split, revision


def _wrong(values: Mapping[str, float], entry: Result) -> str:
    """What an entry says that is not so; empty where it says the same."""
    metrics = entry.get("metrics")
    said = {
        str(metric.get("type")): metric.get("value")
        for metric in (metrics if isinstance(metrics, list) else ())
        if isinstance(metric, Mapping)
    }
    for name, value in values.items():
        if not _is(value, said.get(name)):
            return f"{shown(name)} {shown(str(said.get(name, 'nothing')))}, the result {value:g}"
    return ""


def _where(result: Result) -> str:
    dataset = result["dataset"]
    task, _, _, _ = identity(result)
    return f"{shown(task)} ({shown(dataset['config'])}, {shown(dataset['split'])})"


def with_eval_results(
    entries: Iterable[EvalEntry], scores: Mapping[str, TaskScores], paths: Collection[str]
) -> tuple[Agreement, tuple[str, ...]]:
    """What the Hub shows against the results of tasks that have a data set, and what it does not show of files there.

    What it shows beside is not ours to judge.
    """
    on_hub = {(entry.dataset_id, entry.task_id): entry.value for entry in entries}
    listed, _ = fit_for_metadata([task for task in scores.values() if task.dataset_id is not None])
    missing: list[str] = []
    hidden: list[str] = []
    different, same = [], 0
    for task in listed:
        there = f"{FOLDER}/{file_name(task.task)}.yaml" in paths
        for score in task.subsets:
            name = f"{task.task}_{score.subset}_{score.split}"
            value, place = published_value(score.main_score), (task.dataset_id or "", name)
            if place not in on_hub:
                (hidden if there else missing).append(shown(name))
            elif _is(value, on_hub[place]):
                same += 1
            else:
                said = shown(str(on_hub[place]))
                different.append(f"{shown(name)} is {said} there, {value:g} in the result")
    return Agreement(same, tuple(missing), tuple(different)), tuple(hidden)


def with_expected(
    expected: Mapping[str, TaskScores], scores: Mapping[str, TaskScores]
) -> Agreement:
    """Published results against those a user has at hand."""
    missing, different, same = [], [], 0
    for name, task in expected.items():
        if name not in scores:
            missing.append(shown(name))
            continue
        public = scores[name]
        if public.dataset_revision != task.dataset_revision:
            different.append(f"{shown(name)} was measured on another revision of the data")
            continue
        theirs = {(s.split, s.subset): published_value(s.main_score) for s in public.subsets}
        wrong = [
            f"{shown(name)} ({shown(s.subset)}, {shown(s.split)}) is {theirs.get((s.split, s.subset), 'not there')}, "
            f"expected {published_value(s.main_score):g}"
            for s in task.subsets
            if not _is(published_value(s.main_score), theirs.get((s.split, s.subset)))
        ]
        different += wrong
        same += not wrong
    return Agreement(same, tuple(missing), tuple(different))


def _is(value: float, said: object) -> bool:
    """Whether a card or the Hub says this value; text is what YAML had between its marks."""
    try:
        return abs(float(str(said)) - value) <= _ROUNDING
    except ValueError:
        return False
