"""Turn a custom task file into a task of mteb: columns mapped, evaluator set, no code from the file."""

from typing import Any

from runners.custom_data import DataSource, read_table
from runners.failures import Failure
from schemas.submission import CustomTask

_MTEB_TYPE = {
    "classification": "Classification",
    "sts": "STS",
    "clustering": "Clustering",
    "retrieval": "Retrieval",
}
_MTEB_CATEGORY = {"classification": "t2c", "sts": "t2t", "clustering": "t2c", "retrieval": "t2t"}
_DEFAULT_EXPERIMENTS = 10
_DEFAULT_SAMPLES = 8
_MOST_PER_CLUSTERING = 16_384  # mteb's own default


def build_custom_task(source: DataSource) -> Any:
    """An mteb task that loads `source` when mteb asks for its data."""
    from mteb.abstasks import (
        AbsTaskClassification,
        AbsTaskClustering,
        AbsTaskRetrieval,
        AbsTaskSTS,
    )

    spec = source.task
    bases = {
        "classification": (AbsTaskClassification, _load_classification, _classification_settings),
        "sts": (AbsTaskSTS, _load_sts, _sts_settings),
        "clustering": (AbsTaskClustering, _load_clustering, _clustering_settings),
        "retrieval": (AbsTaskRetrieval, _load_retrieval, lambda _: {}),
    }
    base, load, settings = bases[spec.type]

    def load_data(self: Any, num_proc: int | None = None, **_: Any) -> None:  # noqa: ARG001 - mteb's signature
        if not self.data_loaded:
            self.dataset = load(self, source)
            self.data_loaded = True

    attributes = {"metadata": _metadata(source), "load_data": load_data, **settings(spec)}
    return type(spec.name, (base,), attributes)(seed=spec.seed)


def _metadata(source: DataSource) -> Any:
    from mteb.abstasks.task_metadata import TaskMetadata

    spec = source.task
    return TaskMetadata(
        name=spec.name,
        description=spec.description or spec.name,
        type=_MTEB_TYPE[spec.type],
        category=_MTEB_CATEGORY[spec.type],
        dataset={"path": source.hub_id or "local", "revision": source.revision},
        eval_splits=[spec.evaluation_split],
        eval_langs=list(spec.languages),
        main_score=spec.main_score,
    )


def _classification_settings(spec: CustomTask) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    evaluator = spec.evaluator
    if evaluator.get("method") == "knn":
        model = KNeighborsClassifier(
            n_neighbors=evaluator.get("k", 5), metric=evaluator.get("metric", "cosine")
        )
    else:
        model = LogisticRegression(max_iter=evaluator.get("max_iterations", 100))
    return {
        "evaluator_model": model,
        "samples_per_label": spec.samples_per_label or _DEFAULT_SAMPLES,
        "n_experiments": spec.experiments or _DEFAULT_EXPERIMENTS,
        "train_split": spec.training_split,
    }


def _sts_settings(spec: CustomTask) -> dict[str, Any]:
    low, high = spec.score_range or (0, 5)
    return {"min_score": low, "max_score": high}


def _clustering_settings(spec: CustomTask) -> dict[str, Any]:
    return {
        "max_fraction_of_documents_to_embed": None,
        "max_document_to_embed": spec.max_documents,
        "n_clusters": spec.experiments or _DEFAULT_EXPERIMENTS,
        "input_column_name": "sentences",
        "label_column_name": "labels",
    }


def _load_classification(_: Any, source: DataSource) -> Any:
    spec = source.task
    frames = {
        split: read_table(source, split, (*spec.columns["text"], *spec.columns["label"]))
        for split in (spec.training_split, spec.evaluation_split)
    }
    label = spec.columns["label"][0]
    numbers = _label_numbers(
        [value for frame in frames.values() for value in frame[label].tolist()], spec
    )
    training = frames[spec.training_split][label].map(numbers.__getitem__)
    if training.nunique() == 1:
        raise Failure("submission", f"{spec.name}: the training split has only one label")
    return _dataset_dict(
        {
            split: {
                "text": _texts(frame, spec, "text"),
                "label": frame[label].map(numbers.__getitem__),
            }
            for split, frame in frames.items()
        }
    )


def _load_sts(task: Any, source: DataSource) -> Any:
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


def _load_clustering(task: Any, source: DataSource) -> Any:
    spec = source.task
    split, label = spec.evaluation_split, spec.columns["label"][0]
    frame = read_table(source, split, (*spec.columns["text"], label))
    numbers = _label_numbers(frame[label].tolist(), spec)
    documents = min(len(frame), spec.max_documents or len(frame))
    task.max_documents_per_cluster = min(
        spec.documents_per_experiment or documents, _MOST_PER_CLUSTERING
    )
    return _dataset_dict(
        {
            split: {
                "sentences": _texts(frame, spec, "text"),
                "labels": frame[label].map(numbers.__getitem__),
            }
        }
    )


def _load_retrieval(_: Any, source: DataSource) -> Any:
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
        value = int(float(row[grade[0]])) if grade else 1
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


def _texts(frame: Any, spec: CustomTask, role: str) -> list[str]:
    columns = [frame[name].fillna("").astype(str) for name in spec.columns[role]]
    return [spec.join.join(parts) for parts in zip(*columns, strict=True)]


def _label_numbers(labels: list[Any], spec: CustomTask) -> dict[Any, int]:
    """Number the labels in their own order: by value when all are numbers, else as text."""
    if any(label is None or label == "" for label in labels):
        raise Failure("submission", f"{spec.name}: a row has no label")
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
