"""Scores as a model card's `model-index`, and how they join the author's own entries."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from bot.card.yaml_source import (
    CannotEditYaml,
    Splice,
    content_end,
    filled,
    flow,
    is_nothing,
    list_edits,
)
from bot.finetuned.sentences import MARKED
from bot.scores import SubsetScore, TaskScores
from schemas.problem import shown

Result = Mapping[str, Any]
Metric = Mapping[str, Any]
Identity = tuple[str, str, str, str]
_LOCAL = "local"
_NO_REVISION = {"", "~", "null", "none"}


def published_value(score: float) -> float:
    """A fraction as published cards and the Hub show it: times 100, four decimals, never -0."""
    return round(score * 100, 4) + 0.0


def model_index_results(scores: Iterable[TaskScores], mark: str = "") -> tuple[Result, ...]:
    """One result for every subset of every split, in the convention of published cards.

    A task measured on local files has the data-set type `local` and says `custom` in its name. `mark` stands behind
    every name.
    """
    results = {
        identity(result): result
        for task in scores
        for result in (_result(task, subset, mark) for subset in task.subsets)
    }
    return tuple(results.values())


def _result(task: TaskScores, score: SubsetScore, mark: str) -> Result:
    value = published_value(score.main_score)
    metrics = dict.fromkeys(["main_score", _text(task.main_metric)], value)
    dataset = {
        "type": _LOCAL if task.dataset_id is None else _text(task.dataset_id),
        "name": _dataset_name(task, score.subset, mark),
        "config": _text(score.subset),
        "split": _text(score.split),
    }
    if task.dataset_revision:
        dataset["revision"] = _text(task.dataset_revision)
    return {
        "task": {"type": _text(task.task_type)},
        "dataset": dataset,
        "metrics": [{"type": name, "value": value} for name, value in metrics.items()],
    }


def _dataset_name(task: TaskScores, subset: str, mark: str) -> str:
    remarks = ["custom"] if task.dataset_id is None else []
    if subset != "default":
        remarks.append(_text(subset))
    if mark:
        remarks.append(mark)
    remark = f" ({', '.join(remarks)})" if remarks else ""
    return f"MTEB {_text(task.task)}{remark}"


def _text(value: str) -> str:
    return shown(value, 200)


def identity(result: Result) -> Identity:
    """What a result measures: task, data-set type, config and split; `revision` may differ.

    The task's name stands in the data set's (`MTEB STS22 (en)`): tasks may share all the rest, as the
    CQADupstack tasks do.
    """
    dataset = result.get("dataset")
    if not isinstance(dataset, Mapping):
        return ("", "", "", "")
    field = {key: value for key, value in dataset.items() if isinstance(value, str)}
    task = field.get("name", "").removeprefix("MTEB ").split(" (")[0]
    return task, field.get("type", ""), field.get("config", "default"), field.get("split", "")


def results_in(index: yaml.Node, model: str) -> list[Result]:
    """The results in the model's entry as they are written, every value a text: `no` stays `no`.

    Raises:
        CannotEditYaml: it is not a list of entries with `results`.
    """
    if not isinstance(index, yaml.SequenceNode):
        raise CannotEditYaml("it is not a list")
    entry = _entry_of(model, index)
    results = _fields(entry).get("results") if entry else None
    if results is None or not isinstance(results[1], yaml.SequenceNode):
        raise CannotEditYaml("the model has no entry with a list of `results`")
    written = (_raw(node) for node in results[1].value)
    return [result for result in written if isinstance(result, Mapping)]


def merge_edits(
    source: str, index: yaml.Node, model: str, results: tuple[Result, ...], newline: str
) -> Iterator[Splice]:
    """Edits that put `results` into an existing, non-empty `model-index`.

    They go into the entry named after the model (`org/name` or `name`), or into the only entry there
    is, whatever its name: a card's only entry is about the card's model. Else a new entry is added.
    A result that measures the same, at our revision or at none told, gets our metrics where it stands; all
    else stays as it is, the author's other metrics and `source` and results of other revisions included.

    Raises:
        CannotEditYaml: it is not a list of entries with `results`.
    """
    if not isinstance(index, yaml.SequenceNode):
        raise CannotEditYaml("it is not a list")
    entry = _entry_of(model, index)
    if entry is None:
        yield from list_edits(source, index, (), [new_entry(model, results)], newline)
        return
    if "results" not in _fields(entry):
        raise CannotEditYaml("the model's entry has no `results`")
    key, value = _fields(entry)["results"]
    if is_nothing(value):
        if entry.flow_style:
            yield Splice(key.end_mark.index, content_end(source, value), f": {flow([*results])}")
        else:
            yield from filled(source, key, value, [*results], newline)
    elif isinstance(value, yaml.SequenceNode):
        yield from _result_edits(source, value, results, newline)
    else:
        raise CannotEditYaml("`results` is not a list")


def new_entry(model: str, results: tuple[Result, ...]) -> Mapping[str, Any]:
    """An entry of the model-index."""
    return {"name": model, "results": [*results]}


def _result_edits(
    source: str, node: yaml.SequenceNode, results: tuple[Result, ...], newline: str
) -> Iterator[Splice]:
    places: dict[tuple[Identity, str], list[tuple[yaml.Node, yaml.SequenceNode]]] = {}
    for theirs in node.value:
        raw, metrics = _raw(theirs), _metrics(theirs)
        if isinstance(raw, Mapping) and metrics is not None:
            places.setdefault((identity(raw), revision_of(raw)), []).append((theirs, metrics))
    added = []
    for result in results:
        measured = identity(result)
        same = places.get((measured, revision_of(result))) or places.get((measured, ""), [])
        if not same:
            added.append(result)
        for there, metrics in same:
            yield from _mark_edits(source, there, result["dataset"]["name"])
            yield from _metric_edits(source, metrics, result["metrics"], newline)
    # Last: a metric added to the last result goes to the same place, and must stand first there.
    if added:
        yield from list_edits(source, node, (), added, newline)


def _mark_edits(source: str, result: yaml.Node, name: str) -> Iterator[Splice]:
    """A data set's name stays as its author wrote it, unless it has to carry the mark, or to lose it."""
    _, dataset = _fields(result)["dataset"]
    _, theirs = _fields(dataset)["name"]
    if theirs.value != name and (MARKED.search(name) or MARKED.search(str(theirs.value))):
        yield Splice(theirs.start_mark.index, content_end(source, theirs), flow(name))


def _metric_edits(
    source: str, node: yaml.SequenceNode, metrics: Iterable[Metric], newline: str
) -> Iterator[Splice]:
    theirs: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for metric in node.value:
        fields = _fields(metric)
        theirs.setdefault(str(fields["type"][1].value), fields["value"])
    added = []
    for metric in metrics:
        if metric["type"] not in theirs:
            added.append(metric)
            continue
        key, value = theirs[metric["type"]]
        end = content_end(source, value)
        if is_nothing(value):
            yield Splice(key.end_mark.index, end, f": {flow(metric['value'])}")
        else:
            yield Splice(value.start_mark.index, end, flow(metric["value"]))
    if added:
        yield from list_edits(source, node, (), added, newline)


def _metrics(result: yaml.Node) -> yaml.SequenceNode | None:
    """A result's metrics, if every one has a type and a value, as the Hub demands."""
    if not isinstance(result, yaml.MappingNode):
        return None
    _, metrics = _fields(result).get("metrics", (None, None))
    if not isinstance(metrics, yaml.SequenceNode) or not metrics.value:
        return None
    sound = all(
        isinstance(metric, yaml.MappingNode) and {"type", "value"} <= _fields(metric).keys()
        for metric in metrics.value
    )
    return metrics if sound else None


def revision_of(result: Result) -> str:
    """The data set's revision, empty where none is told; older exports write `None`."""
    dataset = result.get("dataset")
    revision = dataset.get("revision", "") if isinstance(dataset, Mapping) else ""
    return "" if str(revision).casefold() in _NO_REVISION else str(revision)


def _entry_of(model: str, index: yaml.SequenceNode) -> Any:
    names = {model.casefold(), model.rpartition("/")[2].casefold()}
    for entry in index.value:
        _, name = _fields(entry).get("name", (None, None))
        if isinstance(name, yaml.ScalarNode) and name.value.casefold() in names:
            return entry
    return index.value[0] if len(index.value) == 1 else None


def _fields(entry: yaml.Node) -> Mapping[str, tuple[yaml.Node, yaml.Node]]:
    if not isinstance(entry, yaml.MappingNode):
        raise CannotEditYaml("an entry is not a mapping")
    return {str(key.value): (key, value) for key, value in entry.value}


def _raw(node: yaml.Node) -> object:
    """Scalars as they are written (`no` stays `no`), in plain lists and mappings."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _raw(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_raw(value) for value in node.value]
    return str(node.value)
