"""One training of a submission, and what comes of it measured like any other model."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runners.evaluation import Evaluation, EvaluationRequest
from runners.failures import classified
from runners.finetuning.embedding import embedder
from runners.finetuning.job import MODEL, TrainingJob
from runners.finetuning.launch import train
from runners.finetuning.prepared import Prepared, files_for
from runners.finetuning.refusals import UnusableTrainingData, as_failure
from runners.finetuning.scores import task_scores
from runners.finetuning.trainings import Outcome, Training, weights_digest
from runners.progress import Progress
from schemas.errors import CommandError, ExitCode

_SMOKE_STEPS = 3


@dataclass(frozen=True)
class Ground:
    """What all trainings of a run share: the base model's files, data, and `processes` that train on `device`."""

    base: Path
    prepared: Prepared
    device: str
    processes: int


def train_and_measure(
    outcome: Outcome, request: EvaluationRequest, ground: Ground, progress: Progress
) -> None:
    """Put into `outcome` what its training and evaluation come to; a failure of the training is one of its own.

    Raises:
        CommandError: this machine cannot.
        KeyboardInterrupt: the evaluation was interrupted.
    """
    training = outcome.training
    progress.say(f"training {training.variant}, seed {training.seed}")
    try:
        job = _job(training, request, ground, progress)
        outcome.trained = train(job, ground.processes)
        outcome.weights = weights_digest(training.folder / MODEL)
    except UnusableTrainingData as error:
        outcome.failure = as_failure(error)
    except CommandError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever stops a training stands in the report
        outcome.failure = classified(error, "infrastructure", f"training {training.variant}")
    if outcome.failure:
        progress.say(f"FAILED ({outcome.failure.kind}): {outcome.failure.message}")
        return
    outcome.scores = task_scores(measured(request_for(outcome, request), progress))


def request_for(outcome: Outcome, request: EvaluationRequest) -> EvaluationRequest:
    """The tuned model's evaluation: the very same, but for name, weights and folder."""
    folder = outcome.training.folder
    config = replace(request.config, revision=(outcome.weights or "")[:40], finetune=None)
    return replace(request, config=config, model_path=folder / MODEL, output=folder / "evaluation")


def measured(request: EvaluationRequest, progress: Progress) -> dict[str, Any]:
    """The report of an evaluation.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    if Evaluation(request, progress).run() == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return report_in(request.output)


def report_in(folder: Path) -> dict[str, Any]:
    """The report that an evaluation left there."""
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def _job(
    training: Training, request: EvaluationRequest, ground: Ground, progress: Progress
) -> TrainingJob:
    if request.smoke:
        training = replace(training, recipe=replace(training.recipe, max_steps=_SMOKE_STEPS))
    recipe, prepared = training.recipe, ground.prepared
    pooling = recipe.pooling or request.config.load.pooling
    embed = embedder(ground.base, pooling, ground.device)
    return TrainingJob(
        folder=training.folder,
        base=ground.base,
        recipe=recipe,
        seed=training.seed,
        data=files_for(prepared, training, embed, progress, processes=ground.processes),
        pooling=pooling,
        labelled=prepared.labelled,
        held_out=prepared.held_out,
        device=ground.device,
    )
