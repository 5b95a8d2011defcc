"""Evaluate one config: load the model, run its tasks, and write the report whatever happens."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runners.encoder import EncodingTally, MeasuredEncoder
from runners.failures import Failure, classified, error_record
from runners.interruption import undisturbed
from runners.loaded_model import LoadedModel
from runners.models import ModelFiles, fetch_model, load_model
from runners.mteb_evaluation import Limits, evaluate_task
from runners.output_folder import PROGRESS, OutputFolder, write_atomically
from runners.prefetched import Prefetched, offer_as_cached
from runners.progress import Progress, duration
from runners.provenance import (
    choose_device,
    hardware,
    model_provenance,
    packages,
    software,
    unknown_hardware,
)
from runners.report import exit_code, not_run_record, task_record, write_report
from runners.result_store import ResultStore
from runners.task_selection import SelectedTask, select_tasks
from schemas.errors import CommandError, ExitCode
from schemas.submission import ModelConfig


@dataclass(frozen=True)
class EvaluationRequest:
    """What `mteb-runner evaluate` was asked to do.

    `root` is the folder that a submission's files must lie in; `prefetched` replaces the Hub;
    `custom_code` lets the model's own code run; `sandbox` names what this process runs in.
    """

    config: ModelConfig
    output: Path
    model_path: Path | None = None
    data_paths: Mapping[str, Path] = field(default_factory=dict)
    only_tasks: tuple[str, ...] = ()
    device: str | None = None
    batch_size: int = 32
    task_seconds: float | None = None
    smoke: bool = False
    head_sha: str | None = None
    command: str = ""
    root: Path | None = None
    prefetched: Prefetched | None = None
    custom_code: bool = False
    sandbox: str = "none"

    @property
    def store(self) -> Path:
        """Where results are kept for the next run; those of cut-down tasks lie apart."""
        return self.output / "smoke" if self.smoke else self.output


class Evaluation:
    """One run into one output folder; `run` returns the exit code after writing the report."""

    def __init__(self, request: EvaluationRequest, progress: Progress) -> None:
        self._request = request
        self._progress = progress
        self._output = OutputFolder(request.store)
        self._started_at = _now()
        self._began = time.monotonic()
        self._files: ModelFiles | None = None
        self._model: LoadedModel | None = None
        self._device = ""
        self._tasks: list[SelectedTask] = []
        self._records: list[dict[str, Any]] = []
        self._tally = EncodingTally()
        self._hardware: dict[str, Any] | None = None

    def run(self) -> ExitCode:
        """Measure, then write the report.

        Raises:
            CommandError: the output folder cannot be used, or holds another model's results, or the
                device does not exist.
        """
        with self._output.locked():
            # a report of an earlier run must never pass for this one's
            (self._request.output / "report.json").unlink(missing_ok=True)
            self._output.note("run")
            failure: Failure | None = None
            interrupted = False
            try:
                self._run_tasks(self._prepared())
            except CommandError:
                raise
            except KeyboardInterrupt:
                interrupted = True
            except Exception as error:  # noqa: BLE001 - whatever stops a run stands in its report
                failure = classified(error, "infrastructure", "preparing the evaluation")
                self._progress.say(f"FAILED ({failure.kind}): {failure.message}")
            finally:
                self._progress.close()
            with undisturbed():
                report = self.report(failure, interrupted=interrupted)
                write_report(self._request.output / "report.json", report)
        return exit_code(report)

    def _prepared(self) -> LoadedModel:
        request, config = self._request, self._request.config
        self._device = choose_device(request.device)
        self._progress.say("loading mteb")
        self._tasks = select_tasks(config, request.data_paths, request.only_tasks, request.root)
        self._say_where_it_is()
        self._progress.say(f"loading {config.model} on {self._device}")
        view = self._output.state / "model"
        prefetched = request.prefetched if request.model_path is None else None
        given = prefetched.model() if prefetched else request.model_path
        code = request.custom_code
        self._files = fetch_model(config, given, view, code=code, prefetched=prefetched is not None)
        self._output.claim(self._identity(self._files))
        self._files.copy_card(request.output / "model-card.md")
        if prefetched:
            offer_as_cached(config.model, config.revision, view)
        self._model = load_model(config, self._files, self._device, code=code)
        return self._model

    def _identity(self, files: ModelFiles) -> dict[str, Any]:
        config = self._request.config
        tasks = {f"data of {t.name}": t.fingerprint for t in self._tasks if t.fingerprint}
        return tasks | {
            "model": config.model,
            "revision": config.revision,
            "weights or model files": files.fingerprint,
            "loading": repr(config.load),
            "mteb version": packages()["mteb"],
        }

    def _run_tasks(self, model: LoadedModel) -> None:
        for number, selected in enumerate(self._tasks, start=1):
            self._say_where_it_is(selected.name)
            self._progress.task(number, len(self._tasks), selected.name)
            self._run_task(selected, model)

    def _run_task(self, selected: SelectedTask, model: LoadedModel) -> None:
        request = self._request
        if request.prefetched and (reason := request.prefetched.failure(selected.name)):
            selected = replace(selected, failure=selected.failure or reason)
        encoder = MeasuredEncoder(
            model.encoder, self._progress, request.batch_size, model.count_tokens, model.max_length
        )
        store = ResultStore(self._output, request.store)
        limits = Limits(request.batch_size, request.task_seconds, request.smoke)
        began = time.monotonic()
        result, failure = None, None
        try:
            result = evaluate_task(selected, encoder, store, self._output, self._progress, limits)
        except Exception as error:  # noqa: BLE001 - one task's failure never stops the others
            failure = classified(error, "infrastructure", f"evaluating {selected.name}")
        seconds = time.monotonic() - began
        self._tally.sampled += encoder.tally.sampled
        self._tally.truncated += encoder.tally.truncated
        self._records.append(
            task_record(selected, result or failure, self._output.counts(), encoder, seconds)
        )
        self._progress.task_done(_outcome_line(result, failure, selected, seconds))

    def _say_where_it_is(self, running: str | None = None) -> None:
        """Leave what a report would say now, for whoever must write it if this process is killed."""
        report = self.report(None, interrupted=True)
        note = json.dumps({"running": running, "report": report}, allow_nan=False)
        write_atomically(self._request.output / PROGRESS, note)

    def report(self, failure: Failure | None, *, interrupted: bool) -> dict[str, Any]:
        """What is known by now; tasks without an outcome stand there as not run."""
        request = self._request
        done = {record["name"] for record in self._records}
        waiting = [
            not_run_record(selected, self._output.counts(), request.batch_size)
            for selected in self._tasks
            if selected.name not in done
        ]
        records = self._records + waiting
        complete = failure is None and all(record["status"] == "completed" for record in records)
        status = "interrupted" if interrupted else "completed" if complete else "failed"
        config = request.config
        model = {
            "name": config.model,
            "revision": config.revision,
            "license": config.license,
            "languages": list(config.languages),
        }
        return {
            "schema_version": 1,
            "status": status,
            "smoke": request.smoke,
            "model": model,
            "error": None if failure is None else error_record(failure),
            "tasks": records,
            "provenance": self._provenance(),
            "started_at": self._started_at,
            "finished_at": _now(),
        }

    def _provenance(self) -> dict[str, Any]:
        request = self._request
        share = self._tally.truncated_share
        return {
            "config_sha256": request.config.sha256,
            "head_sha": request.head_sha,
            **model_provenance(request.config, self._files, self._model),
            **software(),
            "batch_size": request.batch_size,
            "truncated_share": None if share is None else round(share, 6),
            "seeds": {t.name: t.task.seed for t in self._tasks if t.task is not None},
            "hardware": self._machine(),
            "seconds": round(time.monotonic() - self._began, 3),
            "energy_kwh": None,
            "runs": self._output.counts()["run", ("", "", "")],
            "command": request.command,
            "sandbox": request.sandbox,
        }

    def _machine(self) -> dict[str, Any]:
        if not self._device:
            return unknown_hardware()
        if self._hardware is None:
            self._hardware = hardware(self._device)
        return self._hardware


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _outcome_line(
    result: dict[str, Any] | None, failure: Failure | None, selected: SelectedTask, seconds: float
) -> str:
    if result is None or failure is not None:
        return f"FAILED ({failure.kind}): {failure.message}" if failure else "no result"
    scores = [entry["main_score"] for entries in result["scores"].values() for entry in entries]
    metric = selected.task.metadata.main_score
    over = f" (mean of {len(scores)} subsets)" if len(scores) > 1 else ""
    return f"{metric} {sum(scores) / len(scores):.4f}{over} in {duration(seconds)}"
