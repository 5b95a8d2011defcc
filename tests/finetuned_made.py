"""Made-up reports of models that were trained first, in the shape that the report's schema has, and their configs."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from made import outcome, provenance, report_data

from bot.finetuned.agreement import setting
from bot.report import Report, report_from
from schemas.finetuning import Recipe
from schemas.submission import ModelConfig, load_model_config
from schemas.validate import violations

BASE, BASE_REVISION = "org/base", "1" * 40
DATA_SET, DATA_SET_REVISION = "org/news", "9" * 40
TASK = "AGNewsKNN"
COMMAND = "mteb-runner finetune models/org/name.yaml --output out"
# Eight draws each, as mteb's classification has them: what differs from draw to draw is shared between models.
LUCK = (-0.012, 0.009, 0.004, -0.007, 0.013, -0.003, 0.001, -0.005)


def draws(score: float, own: float = 0.0) -> list[float]:
    """Eight experiments with this mean; `own` is how far they stray from what all models share."""
    shift = sum(LUCK) / len(LUCK)
    return [score + luck - shift + own * (-1) ** place for place, luck in enumerate(LUCK)]


def weight_files(variant: str, seed: int) -> list[dict[str, Any]]:
    """The weight files of a training, as provenance has them."""
    digest = sha256(f"{variant} {seed}".encode()).hexdigest()
    return [{"file": "model.safetensors", "sha256": digest, "bytes": 90_900_000}]


def weights(variant: str, seed: int) -> str:
    """The digest over a training's weights."""
    (file,) = weight_files(variant, seed)
    return sha256(f"{file['sha256']}  {file['file']}\n".encode()).hexdigest()


def task_score(name: str, score: float, experiments: Sequence[float] = ()) -> dict[str, Any]:
    """A task's score as `finetuning` holds it."""
    return {
        "name": name,
        "main_metric": "accuracy",
        "main_score": score,
        "experiments": list(experiments),
    }


def recipe_of(recipe: Recipe, **changes: Any) -> dict[str, Any]:
    """A whole recipe as a report holds it, defaults included."""
    return {**{name: setting(getattr(recipe, name)) for name in asdict(recipe)}, **changes}


def training(
    variant: str = "tuned",
    seed: int = 42,
    score: float = 0.88,
    *,
    own: float = 0.002,
    recipe: Recipe | None = None,
    tasks: Sequence[Mapping[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A training that ended: its curves fall and rise, its weights are its own."""
    steps = list(range(10, 201, 10))
    if tasks is None:
        tasks = [task_score(TASK, score, draws(score, own))]
    return {
        "variant": variant,
        "seed": seed,
        "recipe": recipe_of(recipe or Recipe()),
        "error": None,
        "steps": 200,
        "texts_encoded": 10_000,
        "seconds": 341.0,
        "loss": [[step, 0.4 + 2.0 * math.exp(-step / 60)] for step in steps],
        "held_out": [
            [step, score - 0.12 * math.exp(-step / 50)] for step in range(0, 201, 40)
        ],
        "weights_sha256": weights(variant, seed),
        "tasks": list(tasks),
        **more,
    }  # fmt: skip


def failed(variant: str, error: Mapping[str, str], seed: int = 42, **more: Any) -> dict[str, Any]:
    """A training that failed after some steps."""
    ended = training(variant, seed, weights_sha256=None, tasks=(), error=dict(error), **more)
    return {**ended, "steps": 40, "loss": ended["loss"][:4], "held_out": ended["held_out"][:1]}


def finetuning(*runs: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """`finetuning` of a report; the training with the best held-out score is the one that was chosen."""
    runs = runs or (training(),)
    ended = [run for run in runs if run["weights_sha256"]]
    chosen = None
    if ended:
        best = max(ended, key=lambda run: run["held_out"][-1][1] if run["held_out"] else 0)
        by = "only" if len(ended) == 1 else "held_out"
        chosen = {"variant": best["variant"], "seed": best["seed"], "by": by}
    return {
        "base_model": BASE,
        "base_revision": BASE_REVISION,
        "data": [
            {
                "name": DATA_SET,
                "revision": DATA_SET_REVISION,
                "split": "train",
                "rows": 5000,
                "trained": 4800,
                "labels": 4,
                "sha256": "d" * 64,
            }
        ],
        "held_out": 200,
        "contamination": contamination(0),
        "raw": [task_score(TASK, 0.7446, draws(0.7446))],
        "runs": list(runs),
        "chosen": chosen,
        **more,
    }


def contamination(rows: int, *, allowed: bool = True) -> dict[str, Any]:
    """So many rows of the evaluation data among those of training."""
    examples = ["Wall St. Bears Claw Back Into the Black"] if rows else []
    return {
        "rows": rows,
        "allowed": bool(rows) and allowed,
        "checked": [TASK],
        "examples": examples,
    }


def tuned_data(
    *runs: Mapping[str, Any], told: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A report of a tuned model: its tasks are those of the training that was chosen.

    `told` changes `finetuning`, `provenance` is what is to be said of it besides.
    """
    training_told = {**finetuning(*runs), **(told or {})}
    chosen, tasks, revision = training_told["chosen"], [], BASE_REVISION
    measured: list[dict[str, Any]] = []
    if chosen:
        run = next(
            run
            for run in training_told["runs"]
            if (run["variant"], run["seed"]) == (chosen["variant"], chosen["seed"])
        )
        revision = run["weights_sha256"][:40]
        measured = weight_files(run["variant"], run["seed"])
        tasks = [_outcome(task) for task in run["tasks"]]
        if any(run["error"] for run in training_told["runs"]):
            more = {"status": "failed", **more}
    else:
        tasks = [outcome(TASK)]
        more = {"status": "failed", "error": training_told["runs"][0]["error"], **more}
    measured_how = more.pop("provenance", {})
    model = {"name": "org/name", "revision": revision, "license": "mit", "languages": ["eng"]}
    data = report_data(
        *more.pop("tasks", tasks),
        **{
            "model": model,
            "finetuning": training_told,
            **more,
            "provenance": provenance(**{"weights": measured, "command": COMMAND, **measured_how}),
        },
    )
    assert not violations(data, "report")
    return data


def tuned_report(*runs: Mapping[str, Any], **more: Any) -> Report:
    """The same, frozen."""
    return report_from(tuned_data(*runs, **more))


def _outcome(task: Mapping[str, Any]) -> dict[str, Any]:
    return outcome(task["name"], task["main_score"], experiments=task["experiments"])


def config_content(finetune: Mapping[str, Any] | None = None, **more: Any) -> bytes:
    """A config that asks for training; `finetune` adds to what it must have."""
    asked = {
        "base_model": BASE,
        "data": [
            {
                "id": DATA_SET,
                "revision": DATA_SET_REVISION,
                "columns": {"text": "text", "label": "label"},
            }
        ],
        **(finetune or {}),
    }
    data = {
        "schema_version": 1, "model": "org/name", "revision": BASE_REVISION, "license": "mit",
        "languages": ["eng"], "evaluate": {"tasks": ["STSBenchmark"]}, "finetune": asked, **more,
    }  # fmt: skip
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items()).encode()


def tuned_config(
    folder: Path, finetune: Mapping[str, Any] | None = None, **more: Any
) -> ModelConfig:
    """That config, read from models/org/name.yaml below `folder`."""
    path = folder / "models" / "org" / "name.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(config_content(finetune, **more))
    config, _, problems = load_model_config(path)
    assert config, problems
    return config


def of_config(data: dict[str, Any], config: ModelConfig) -> dict[str, Any]:
    """The report as one of this version of the config."""
    return {**data, "provenance": {**data["provenance"], "config_sha256": config.sha256}}
