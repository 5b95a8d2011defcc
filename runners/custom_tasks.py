"""Turn a custom task file into a task of mteb: metadata and evaluator, no code from the file."""

from typing import Any

from runners.custom_data import DataSource
from runners.custom_task_data import (
    load_classification,
    load_clustering,
    load_retrieval,
    load_sts,
)
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
        "classification": (AbsTaskClassification, load_classification, _classification_settings),
        "sts": (AbsTaskSTS, load_sts, _sts_settings),
        "clustering": (AbsTaskClustering, load_clustering, _clustering_settings),
        "retrieval": (AbsTaskRetrieval, load_retrieval, lambda _: {}),
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
