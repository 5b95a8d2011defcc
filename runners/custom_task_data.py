"""The rows of a custom task in the shape mteb wants: columns mapped, texts joined, labels numbered."""

from typing import Any

from runners.custom_data import DataSource, read_table
from runners.failures import Failure
from schemas.problem import shown
from schemas.submission import CustomTask

_MOST_PER_CLUSTERING = 16_384  # mteb's own default
_HIGHEST_GRADE = 1000


def load_classification(task: Any, source: DataSource) -> Any:
    """A DatasetDict of both splits: `text` (str), `label` (int).

    Raises:
        Failure: a column or label is missing, or only one label is left to learn.
    """
    spec = source.task
    frames = {
        split: read_table(source, split, (*spec.columns["text"], *spec.columns["label"]))
        for split in (spec.training_split, spec.evaluation_split)
    }
    labels = {split: _labels(frame, spec) for split, frame in frames.items()}
    numbers = _label_numbers([value for column in labels.values() for value in column])
    training = labels[spec.training_split]
    if training.nunique() == 1:
        raise Failure("submission", f"{spec.name}: the training split has only one label")
    neighbours = spec.evaluator.get("k", 0)
    drawn = training.value_counts().clip(upper=task.samples_per_label).sum()
    if neighbours > drawn:
        raise Failure(
            "submission",
            f"{spec.name}: k = {neighbours} neighbours, but only {drawn} training rows are drawn",
            "lower `evaluator.k` or raise `samples_per_label`",
        )
    return _dataset_dict(
        {
            split: {"text": _texts(frame, spec, "text"), "label": labels[split].map(numbers)}
            for split, frame in frames.items()
        }
    )


def load_sts(task: Any, source: DataSource) -> Any:
    """A DatasetDict of one split: `sentence1`, `sentence2` (str), `score` (float).

    Raises:
        Failure: a column is missing, or a score is no number or out of range.
    """
    import pandas as pd

    spec = source.task
    columns = [name for role in ("sentence1", "sentence2", "score") for name in spec.columns[role]]
    frame = read_table(source, spec.evaluation_split, columns)
    scores = pd.to_numeric(frame[spec.columns["score"][0]], errors="coerce")
    if scores.isna().any():
        row = int(scores.isna().argmax())
        raise Failure("submission", f"{spec.name}: row {row + 1} has no number as score")
    low, high = task.min_score, task.max_score
    if not scores.between(low, high).all():
        raise Failure(
            "submission",
            f"{spec.name}: scores run from {scores.min():g} to {scores.max():g}, outside {low:g} to {high:g}",
            "set `score_range` in the task file to the lowest and highest possible score",
        )
    return _dataset_dict(
        {
            spec.evaluation_split: {
                "sentence1": _texts(frame, spec, "sentence1"),
                "sentence2": _texts(frame, spec, "sentence2"),
                "score": scores.astype(float),
            }
        }
    )


def load_clustering(task: Any, source: DataSource) -> Any:
    """A DatasetDict of one split: `sentences` (str), `labels` (int); sets how many are drawn.

    Raises:
        Failure: a column or label is missing.
    """
    spec = source.task
    split, label = spec.evaluation_split, spec.columns["label"][0]
    frame = read_table(source, split, (*spec.columns["text"], label))
    labels = _labels(frame, spec)
    numbers = _label_numbers(labels.tolist())
    documents = min(len(frame), spec.max_documents or len(frame))
    task.max_documents_per_cluster = min(
        spec.documents_per_experiment or documents, _MOST_PER_CLUSTERING
    )
    return _dataset_dict(
        {
            split: {
                "sentences": _texts(frame, spec, "text"),
                "labels": labels.map(numbers),
            }
        }
    )


def load_retrieval(_: Any, source: DataSource) -> Any:
    """mteb's RetrievalSplitData: `corpus` and `queries` (`id`, `text`), `relevant_docs` by query id.

    Raises:
        Failure: a column is missing, an id stands twice, or relevance names an unknown one.
    """
    from datasets import Dataset

    spec = source.task
    query_id, document_id = spec.columns["query_id"][0], spec.columns["document_id"][0]
    queries = read_table(source, "queries", (query_id, *spec.columns["query_text"]))
    corpus = read_table(source, "corpus", (document_id, *spec.columns["document_text"]))
    grade = spec.columns.get("relevance", ())
    pairs = read_table(source, "relevance", (query_id, document_id, *grade))
    for name, frame, column in (("queries", queries, query_id), ("corpus", corpus, document_id)):
        unknown = set(pairs[column].astype(str)) - set(frame[column].astype(str))
        if unknown:
            raise Failure(
                "submission",
                f"{spec.name}: `relevance` names {len(unknown)} ids that `{name}` lacks, "
                f"for example {min(unknown)}",
            )
        if frame[column].duplicated().any():
            raise Failure("submission", f"{spec.name}: `{name}` has the same {column} twice")
    relevant: dict[str, dict[str, int]] = {}
    for row in pairs.to_dict("records"):
        value = _grade(row[grade[0]], spec) if grade else 1
        relevant.setdefault(str(row[query_id]), {})[str(row[document_id])] = value
    tables = {
        "queries": (queries, query_id, "query_text"),
        "corpus": (corpus, document_id, "document_text"),
    }
    split: dict[str, Any] = {
        name: Dataset.from_dict(
            {"id": frame[ids].astype(str).tolist(), "text": _texts(frame, spec, role)}
        )
        for name, (frame, ids, role) in tables.items()
    }
    return {
        "default": {spec.evaluation_split: {**split, "relevant_docs": relevant, "top_ranked": None}}
    }


def _grade(value: Any, spec: CustomTask) -> int:
    """A relevance grade; the scorer counts in whole numbers and crashes on negative ones."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not (0 <= number <= _HIGHEST_GRADE and number.is_integer()):
        raise Failure(
            "submission",
            f"{spec.name}: `relevance` has the grade {shown(value)}",
            f"grades are whole numbers from 0 to {_HIGHEST_GRADE}",
        )
    return int(number)


def _texts(frame: Any, spec: CustomTask, role: str) -> list[str]:
    for name in spec.columns[role]:
        _refuse_structures(frame[name], name, spec)
    columns = [frame[name].fillna("").astype(str) for name in spec.columns[role]]
    return [spec.join.join(parts) for parts in zip(*columns, strict=True)]


def _labels(frame: Any, spec: CustomTask) -> Any:
    """The label column as text, so that 1 and "1" of two files are one label."""
    column = frame[spec.columns["label"][0]]
    _refuse_structures(column, spec.columns["label"][0], spec)
    missing = column.isna() | (column == "")
    if missing.any():
        raise Failure("submission", f"{spec.name}: row {int(missing.argmax()) + 1} has no label")
    return column.astype(str)


def _refuse_structures(column: Any, name: str, spec: CustomTask) -> None:
    if column.map(lambda value: isinstance(value, list | dict | bytes | tuple)).any():
        raise Failure(
            "submission",
            f"{spec.name}: the column {name} holds lists, mappings or bytes",
            "give plain text or numbers",
        )


def _label_numbers(labels: list[str]) -> dict[str, int]:
    """Number the labels in their own order: by value when all are numbers, else as text."""
    distinct = set(labels)
    try:
        ordered = sorted(distinct, key=float)
    except (TypeError, ValueError):
        ordered = sorted(distinct, key=str)
    return {label: number for number, label in enumerate(ordered)}


def _dataset_dict(splits: dict[str, dict[str, Any]]) -> Any:
    from datasets import Dataset, DatasetDict

    return DatasetDict(
        {
            split: Dataset.from_dict({name: list(column) for name, column in columns.items()})
            for split, columns in splits.items()
        }
    )
