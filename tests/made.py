"""Made-up scores, reports and results folders in the shapes mteb and the runners write, for the bot's tests."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.model_results import ModelResults
from bot.report import Report, report_from
from bot.scores import SubsetScore, TaskScores
from schemas.validate import violations

REVISION = "a" * 40
OTHER_REVISION = "b" * 40
DATA_REVISION = "d" * 40
HOSTILE = "@everyone | <script>alert(1)</script> [x](javascript:y) #1"


def task_scores(
    task: str,
    scores: Mapping[tuple[str, str], float] | float,
    *,
    repeats: Sequence[float] = (),
    task_type: str = "STS",
    data: str = DATA_REVISION,
) -> TaskScores:
    """Scores of a task: one main score of test/default, or one for each (split, subset)."""
    pairs = {("test", "default"): scores} if isinstance(scores, float) else scores
    subsets = tuple(
        SubsetScore(split, subset, ("eng-Latn",), score, (tuple(repeats),) if repeats else ())
        for (split, subset), score in pairs.items()
    )
    return TaskScores(task, task_type, "accuracy", "org/data", data, subsets, {})


def model_results(model: str, *tasks: TaskScores, **more: Any) -> ModelResults:
    """A model's results by task."""
    return ModelResults(model, REVISION, {task.task: task for task in tasks}, **more)


def result(
    task: str, score: float | None, *, experiments: Sequence[float] = (), **more: Any
) -> dict[str, Any]:
    """A TaskResult as mteb writes it, with one subset of the test split."""
    entry: dict[str, Any] = {
        "accuracy": score,
        "main_score": score,
        "hf_subset": "default",
        "languages": ["eng-Latn"],
    }
    if experiments:
        entry["scores_per_experiment"] = [{"accuracy": value, "f1": 0.1} for value in experiments]
    return {
        "dataset_revision": DATA_REVISION,
        "task_name": task,
        "mteb_version": "2.26.24",
        "scores": {"test": [entry]},
        "evaluation_time": 12.5,
        "kg_co2_emissions": None,
        **more,
    }


def write_results(folder: Path, *results: Mapping[str, Any], model: str = "org/name") -> Path:
    """A revision folder of mteb; results hold NaN where mteb writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"name": model, "revision": folder.name, "n_parameters": float("inf")}
    (folder / "model_meta.json").write_text(json.dumps(meta))
    (folder / "run_settings.jsonl").write_text("{}\n")
    for one in results:
        (folder / f"{one['task_name']}.json").write_text(json.dumps(one))
    return folder


def failure(kind: str = "submission", message: str = "it broke", **more: str) -> dict[str, str]:
    """A failure as a report holds it."""
    return {"kind": kind, "message": message, "advice": "mend it", **more}


def outcome(
    task: str,
    score: float | None = None,
    *,
    error: Mapping[str, str] | None = None,
    task_type: str = "Classification",
    experiments: Sequence[float] = (),
) -> dict[str, Any]:
    """One task of a report: a score, an error, or neither."""
    status = "completed" if score is not None else "failed" if error else "not_run"
    return {
        "name": task,
        "type": task_type,
        "custom": False,
        "main_metric": "accuracy",
        "dataset": {"id": "org/data", "revision": DATA_REVISION},
        "status": status,
        "result": None if score is None else result(task, score, experiments=experiments),
        "error": error,
        "subsets": [{"split": "test", "subset": "default", "started": 1, "finished": 1}],
        "texts_encoded": 1234,
        "seconds": 61.0,
        "batch_size": 32,
        "truncated_share": None,
    }


def report_data(*tasks: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A report that passes its schema."""
    failed = any(task["status"] == "failed" for task in tasks)
    data = {
        "schema_version": 1,
        "status": "failed" if failed else "completed",
        "smoke": False,
        "model": {
            "name": "org/name",
            "revision": REVISION,
            "license": "mit",
            "languages": ["eng"],
        },
        "error": None,
        "tasks": list(tasks),
        "provenance": provenance(),
        "started_at": "2026-01-02T03:04:05Z",
        "finished_at": "2026-01-02T04:04:05Z",
        **more,
    }
    assert not violations(data, "report")
    return data


def report(*tasks: Mapping[str, Any], **more: Any) -> Report:
    """A report that passes its schema, frozen."""
    return report_from(report_data(*tasks, **more))


def provenance(**more: Any) -> dict[str, Any]:
    """How it was measured."""
    return {
        "config_sha256": "c" * 64,
        "head_sha": None,
        "model_source": "hub",
        "weights": [{"file": "model.safetensors", "sha256": "e" * 64, "bytes": 90_900_000}],
        "loader": "sentence-transformers",
        "pooling": "mean",
        "normalize": True,
        "prompts": {"query": "query: "},
        "max_length": 256,
        "dtype": "float32",
        "attention": "sdpa",
        "batch_size": 32,
        "truncated_share": 0.125,
        "seeds": {"TaskA": 42},
        "packages": {"mteb": "2.26.24", "torch": "2.13.0"},
        "python": "3.11.7",
        "platform": "Linux",
        "hardware": {
            "device": "cuda:0",
            "name": "NVIDIA H100",
            "count": 1,
            "memory_bytes": 85_000_000_000,
            "driver": "550.1",
            "cuda": "12.4",
            "cpu_threads": 16,
        },
        "seconds": 10_320.0,
        "energy_kwh": None,
        "runs": 1,
        "command": "mteb-runner evaluate models/org/name.yaml --output out",
        **more,
    }
