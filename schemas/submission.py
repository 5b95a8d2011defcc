"""A model config and a custom task as frozen data, read from validated documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from schemas.finetuning import Finetuning, finetuning
from schemas.problem import Problem
from schemas.validate import problems_in
from schemas.yaml_document import YamlDocument, parse_yaml, read_bytes

TaskType = Literal["classification", "sts", "clustering", "retrieval"]
DEFAULT_MAIN_SCORE: Mapping[str, str] = MappingProxyType(
    {
        "classification": "accuracy",
        "sts": "cosine_spearman",
        "clustering": "v_measure",
        "retrieval": "ndcg_at_10",
    }
)


@dataclass(frozen=True)
class Loading:
    """How to load a model. None means: as the model's own files say."""

    with_: str = "sentence-transformers"
    entry_point: str | None = None
    pooling: str | None = None
    max_length: int | None = None
    normalize: bool | None = None
    dtype: str = "float32"
    prompts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskRequest:
    """One entry of `evaluate.tasks`. `file` is set for a custom task; empty tuples mean all."""

    name: str
    file: Path | None = None
    splits: tuple[str, ...] = ()
    subsets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A main score the submitter expects, 0 to 1."""

    task: str
    main_score: float


@dataclass(frozen=True)
class Publishing:
    """What may be published on the Hub."""

    model_card: bool = True
    radar_chart: bool = True
    eval_results: bool = True


@dataclass(frozen=True)
class ModelConfig:
    """A submission: models/<org>/<name>.yaml. `model` is what is measured, a tuned one where `finetune` is asked for."""

    file: Path
    sha256: str
    model: str
    revision: str
    license: str
    languages: tuple[str, ...]
    load: Loading
    training_data: tuple[str, ...] | None
    adapted_from: str | None
    benchmarks: tuple[str, ...]
    tasks: tuple[TaskRequest, ...]
    task_languages: tuple[str, ...]
    claims: tuple[Claim, ...]
    publish: Publishing
    finetune: Finetuning | None = None

    @property
    def weights(self) -> str:
        """The repository that `revision` is a commit of: the model's, or the base model's where it is trained first."""
        return self.finetune.base_model if self.finetune else self.model


@dataclass(frozen=True)
class CustomTask:
    """A custom task file. `columns` maps a role to the columns that fill it."""

    file: Path
    sha256: str
    name: str
    type: TaskType
    description: str
    languages: tuple[str, ...]
    dataset_id: str | None
    dataset_revision: str | None
    dataset_config: str | None
    dataset_path: str | None
    files: Mapping[str, str]
    training_split: str
    evaluation_split: str
    columns: Mapping[str, tuple[str, ...]]
    join: str
    score_range: tuple[float, float] | None
    evaluator: Mapping[str, Any]
    samples_per_label: int | None
    experiments: int | None
    max_documents: int | None
    documents_per_experiment: int | None
    seed: int
    main_score: str


def load_model_config(
    path: Path, shown_as: str | None = None
) -> tuple[ModelConfig | None, YamlDocument, list[Problem]]:
    """Read and validate a model config: (config or None, the document with positions, problems).

    Raises:
        OSError: the file cannot be read.
    """
    document, digest = _read(path, shown_as)
    problems = problems_in(document, "model-config")
    return (None if problems else _model_config(path, digest, document.data)), document, problems


def load_custom_task(
    path: Path, shown_as: str | None = None
) -> tuple[CustomTask | None, YamlDocument, list[Problem]]:
    """Read and validate a custom task: (task or None, the document with positions, problems).

    Raises:
        OSError: the file cannot be read.
    """
    document, digest = _read(path, shown_as)
    problems = problems_in(document, "custom-task")
    return (None if problems else _custom_task(path, digest, document.data)), document, problems


def _read(path: Path, shown_as: str | None) -> tuple[YamlDocument, str]:
    content = read_bytes(path)
    return parse_yaml(content, shown_as or str(path)), sha256(content).hexdigest()


def _model_config(path: Path, digest: str, data: Any) -> ModelConfig:
    load = dict(data.get("load", {}))
    evaluate = data["evaluate"]
    training_data = data.get("training_data")
    return ModelConfig(
        file=path,
        sha256=digest,
        model=data["model"],
        revision=data["revision"],
        license=data["license"],
        languages=tuple(data["languages"]),
        load=Loading(with_=load.pop("with", "sentence-transformers"), **load),
        training_data=None if training_data is None else tuple(training_data),
        adapted_from=data.get("adapted_from"),
        benchmarks=tuple(evaluate.get("benchmarks", ())),
        tasks=tuple(_task_request(entry, path) for entry in evaluate.get("tasks", ())),
        task_languages=tuple(evaluate.get("languages", ())),
        claims=tuple(Claim(**claim) for claim in data.get("claims", ())),
        publish=Publishing(**data.get("publish", {})),
        finetune=finetuning(data["finetune"], path) if "finetune" in data else None,
    )


def _task_request(entry: Any, config: Path) -> TaskRequest:
    if isinstance(entry, str):
        return TaskRequest(entry, file=config.parent / entry if is_task_file(entry) else None)
    return TaskRequest(
        entry["name"],
        splits=tuple(entry.get("splits", ())),
        subsets=tuple(entry.get("subsets", ())),
    )


def is_task_file(entry: str) -> bool:
    """Whether an entry of `evaluate.tasks` names a custom task file rather than a task of mteb."""
    return entry.endswith((".yaml", ".yml"))


def _custom_task(path: Path, digest: str, data: Any) -> CustomTask:
    dataset = data["dataset"]
    score_range = data.get("score_range")
    return CustomTask(
        file=path,
        sha256=digest,
        name=data["name"],
        type=data["type"],
        description=data.get("description", ""),
        languages=tuple(data["languages"]),
        dataset_id=dataset.get("id"),
        dataset_revision=dataset.get("revision"),
        dataset_config=dataset.get("config"),
        dataset_path=dataset.get("path"),
        files=dataset.get("files", {}),
        training_split=data.get("training_split", "train"),
        evaluation_split=data.get("evaluation_split", "test"),
        columns={
            role: (names,) if isinstance(names, str) else tuple(names)
            for role, names in data["columns"].items()
        },
        join=data.get("join", " "),
        score_range=None if score_range is None else (score_range[0], score_range[1]),
        evaluator=data.get("evaluator", {}),
        samples_per_label=data.get("samples_per_label"),
        experiments=data.get("experiments"),
        max_documents=data.get("max_documents"),
        documents_per_experiment=data.get("documents_per_experiment"),
        seed=data.get("seed", 42),
        main_score=data.get("main_score", DEFAULT_MAIN_SCORE[data["type"]]),
    )
