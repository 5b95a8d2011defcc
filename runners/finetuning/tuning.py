"""Fine-tune a config's base model, measure it raw and tuned alike, and report the one that was chosen."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runners.evaluation import Evaluation, EvaluationRequest
from runners.failures import Failure, classified
from runners.finetuning.choice import Choice, chosen
from runners.finetuning.contamination import ContaminatedTrainingData, Contamination
from runners.finetuning.job import MODEL
from runners.finetuning.prepared import Prepared, prepare
from runners.finetuning.refusals import UnusableTrainingData, as_failure
from runners.finetuning.scores import task_scores
from runners.finetuning.train_and_measure import (
    Ground,
    measured,
    report_in,
    request_for,
    train_and_measure,
)
from runners.finetuning.training_data import Whereabouts
from runners.finetuning.trainings import Outcome, trainings, weights_digest
from runners.finetuning.tuned_report import (
    Achieved,
    finetuning_record,
    no_training_ended,
    tuned_report,
)
from runners.interruption import undisturbed
from runners.models import fetch_model
from runners.output_folder import PROGRESS, OutputFolder, write_atomically
from runners.progress import Progress
from runners.provenance import choose_device
from runners.report import exit_code, write_report
from runners.task_selection import SelectedTask, select_tasks
from schemas.errors import CommandError, ExitCode
from schemas.finetuning import Finetuning


@dataclass(frozen=True)
class TuningRequest:
    """An evaluation of a config with `finetune`, which is trained first; `processes` train together, one a GPU."""

    evaluation: EvaluationRequest
    finetune: Finetuning
    allow_contamination: bool = False
    processes: int | None = None


class Tuning:
    """One run into one output folder; `run` returns the exit code after writing the report."""

    def __init__(self, request: TuningRequest, progress: Progress) -> None:
        self._request, self._progress = request, progress
        self._evaluation, self._finetune = request.evaluation, request.finetune
        self._folder = request.evaluation.store / "training"
        self._device = ""
        self._prepared: Prepared | None = None
        self._refused: Contamination | None = None
        self._raw: list[dict[str, Any]] = []
        every = trainings(self._finetune, self._folder)
        self._outcomes = [Outcome(one) for one in every]

    def run(self) -> ExitCode:
        """Train and measure, then write the report.

        Raises:
            CommandError: the output folder cannot be used, or the device does not exist.
        """
        output = OutputFolder(self._evaluation.store)
        failure: Failure | None = None
        interrupted = False
        with output.locked():
            (self._evaluation.output / "report.json").unlink(missing_ok=True)
            output.note("run")
            try:
                self._run()
            except UnusableTrainingData as error:
                failure = as_failure(error)
            except CommandError:
                raise
            except KeyboardInterrupt:
                interrupted = True
            except Exception as error:  # noqa: BLE001 - whatever stops a run stands in its report
                failure = classified(error, "infrastructure", "preparing the training")
            if failure:
                self._progress.say(f"FAILED ({failure.kind}): {failure.message}")
            self._progress.close()
            with undisturbed():
                choice = None if failure or interrupted else chosen(self._outcomes)
                if choice:
                    self._bring(choice.outcome)
                report = self._report(choice, failure, interrupted=interrupted)
                write_report(self._evaluation.output / "report.json", report)
        return exit_code(report)

    def _run(self) -> None:
        request, config = self._evaluation, self._evaluation.config
        self._device = choose_device(request.device)
        self._say_where_it_is()
        self._prepared = self._prepare(self._tasks())
        base = self._base()
        self._claim(base)
        self._progress.say(f"raw: {config.weights}")
        raw = replace(config, model=config.weights, finetune=None, claims=())
        report = measured(
            replace(request, config=raw, output=request.output / "raw"), self._progress
        )
        self._raw = task_scores(report)
        ground = Ground(base, self._prepared, self._device, self._processes())
        for outcome in self._outcomes:
            self._say_where_it_is()
            train_and_measure(outcome, request, ground, self._progress)

    def _tasks(self) -> list[SelectedTask]:
        """What is evaluated; of data that could not be brought it is known why."""
        request = self._evaluation
        tasks = select_tasks(request.config, request.data_paths, request.only_tasks, request.root)
        if request.prefetched is None:
            return tasks
        why_not = request.prefetched.failure
        return [replace(one, failure=one.failure or why_not(one.name)) for one in tasks]

    def _prepare(self, tasks: Sequence[SelectedTask]) -> Prepared:
        try:
            return prepare(
                self._finetune,
                self._folder / "data",
                Whereabouts(self._evaluation.data_paths, self._evaluation.root),
                tasks,
                self._progress,
                allow_contamination=self._request.allow_contamination,
            )
        except ContaminatedTrainingData as error:
            self._refused = error.found
            raise

    def _base(self) -> Path:
        """The base model's files, as far as they are harmless."""
        request = self._evaluation
        prefetched = request.prefetched if request.model_path is None else None
        given = prefetched.model() if prefetched else request.model_path
        config = replace(request.config, model=request.config.weights)
        return fetch_model(config, given, self._folder / "base").folder

    def _claim(self, base: Path) -> None:
        """Bind the folder to what is trained: models of another recipe, or of other rows, must not pass for these."""
        records = self._prepared.records() if self._prepared else []
        OutputFolder(self._evaluation.store).claim(
            {
                "finetune": repr(self._finetune),
                "training data": [record["sha256"] for record in records],
                "base model": weights_digest(base),
            }
        )

    def _processes(self) -> int:
        if self._request.processes:
            return self._request.processes
        if self._evaluation.device or not self._device.startswith("cuda"):
            return 1  # one device was asked for, or there is no GPU
        import torch

        return int(torch.cuda.device_count())

    def _say_where_it_is(self) -> None:
        """Leave what a report would say now, for whoever must write it if this process is killed."""
        note = {"running": None, "report": self._report(None, None, interrupted=True)}
        write_atomically(self._evaluation.output / PROGRESS, json.dumps(note, allow_nan=False))

    def _report(
        self, choice: Choice | None, failure: Failure | None, *, interrupted: bool
    ) -> dict[str, Any]:
        request = self._evaluation
        if choice:
            report = report_in(choice.outcome.training.folder / "evaluation")
        else:
            report = Evaluation(request, self._progress).report(failure, interrupted=interrupted)
        if not (choice or failure or interrupted):
            report["error"] = no_training_ended(self._outcomes)
        achieved = Achieved(self._prepared, self._refused, self._raw, self._outcomes, choice)
        finetuning = finetuning_record(
            request.config, achieved, allow_contamination=self._request.allow_contamination
        )
        return tuned_report(report, finetuning, request.command)

    def _bring(self, outcome: Outcome) -> None:
        """Results and, where they are to be published, weights of the chosen one to where any evaluation has them."""
        output = self._evaluation.output
        results = request_for(outcome, self._evaluation).store / "results"
        if results.is_dir():  # not where every task failed
            shutil.copytree(results, self._evaluation.store / "results", dirs_exist_ok=True)
        if self._finetune.publish:
            shutil.rmtree(output / MODEL, ignore_errors=True)
            shutil.copytree(outcome.training.folder / MODEL, output / MODEL)
