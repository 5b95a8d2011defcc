"""Evaluate one config: load the model, run its tasks, and write the report whatever happens."""

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runners.encoder import EncodingTally, MeasuredEncoder
from runners.failures import Failure, classified, error_record
from runners.loaded_model import LoadedModel
from runners.models import ModelFiles, fetch_model, load_model
from runners.mteb_evaluation import Limits, evaluate_task
from runners.output_folder import OutputFolder
from runners.progress import Progress, duration
from runners.provenance import choose_device, hardware, packages, software
from runners.report import task_record, write_report
from runners.result_store import ResultStore
from runners.task_selection import SelectedTask, select_tasks
from runners.weights import same_weights
from schemas.errors import ExitCode
from schemas.submission import ModelConfig


@dataclass(frozen=True)
class EvaluationRequest:
    """What `mteb-runner evaluate` was asked to do."""

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
    command: tuple[str, ...] = ()


class Evaluation:
    """One run into one output folder; `run` returns the exit code after writing the report."""

    def __init__(self, request: EvaluationRequest, progress: Progress) -> None:
        self._request = request
        self._progress = progress
        self._output = OutputFolder(request.output)
        self._started_at = _now()
        self._began = time.monotonic()
        self._files: ModelFiles | None = None
        self._model: LoadedModel | None = None
        self._device = request.device or "cpu"
        self._tasks: list[SelectedTask] = []
        self._records: list[dict[str, Any]] = []
        self._tally = EncodingTally()

    def run(self) -> ExitCode:
        """Measure, then write the report.

        Raises:
            CommandError: the output folder cannot be used, or holds another model's results.
        """
        with self._output.locked():
            self._output.note("run")
            failure: Failure | None = None
            interrupted = False
            try:
                self._prepare()
                self._run_tasks()
            except Failure as error:
                failure = error
            except KeyboardInterrupt:
                interrupted = True
            finally:
                self._progress.close()
            status = self._write(failure, interrupted=interrupted)
        if interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.OK if status == "completed" else self._blame(failure)

    def _prepare(self) -> None:
        request, config = self._request, self._request.config
        self._progress.say("loading mteb")
        self._tasks = select_tasks(config, request.data_paths, request.only_tasks)
        self._device = choose_device(request.device)
        self._progress.say(f"loading {config.model} on {self._device}")
        self._files = fetch_model(config, request.model_path)
        self._files.copy_card(request.output / "model-card.md")
        self._model = load_model(config, self._files, self._device)
        self._output.claim(
            {
                "model": config.model,
                "revision": config.revision,
                "weights": same_weights(self._files.weights),
                "loading": str(config.load),
                "mteb version": packages()["mteb"],
                "smoke": request.smoke,
                "custom tasks": sorted(t.fingerprint for t in self._tasks if t.fingerprint),
            }
        )

    def _run_tasks(self) -> None:
        request, model = self._request, self._model
        assert model is not None  # noqa: S101 - _prepare has set it
        store = ResultStore(self._output, request.output)
        limits = Limits(request.batch_size, request.task_seconds, request.smoke)
        for number, selected in enumerate(self._tasks, start=1):
            encoder = MeasuredEncoder(
                model.encoder,
                self._progress,
                request.batch_size,
                model.count_tokens,
                model.max_length,
            )
            self._progress.task(number, len(self._tasks), selected.name)
            began = time.monotonic()
            result, failure = None, None
            try:
                result = evaluate_task(
                    selected, encoder, store, self._output, self._progress, limits
                )
            except Exception as error:  # noqa: BLE001 - one task's failure never stops the others
                failure = classified(error, "infrastructure", f"evaluating {selected.name}")
            seconds = time.monotonic() - began
            self._tally.sampled += encoder.tally.sampled
            self._tally.truncated += encoder.tally.truncated
            self._records.append(
                task_record(selected, result, failure, self._output.counts(), encoder, seconds)
            )
            self._progress.task_done(_outcome_line(result, failure, selected, seconds))

    def _write(self, failure: Failure | None, *, interrupted: bool) -> str:
        done = {record["name"] for record in self._records}
        encoder = MeasuredEncoder(_NoModel(), self._progress, self._request.batch_size)
        waiting = [
            task_record(selected, None, None, self._output.counts(), encoder, 0.0)
            for selected in self._tasks
            if selected.name not in done
        ]
        records = self._records + waiting
        status = "completed"
        if interrupted:
            status = "interrupted"
        elif failure is not None or any(record["status"] != "completed" for record in records):
            status = "failed"
        config = self._request.config
        write_report(
            self._request.output / "report.json",
            {
                "schema_version": 1,
                "status": status,
                "smoke": self._request.smoke,
                "model": {
                    "name": config.model,
                    "revision": config.revision,
                    "license": config.license,
                    "languages": list(config.languages),
                },
                "error": None if failure is None else error_record(failure),
                "tasks": records,
                "provenance": self._provenance(),
                "started_at": self._started_at,
                "finished_at": _now(),
            },
        )
        return status

    def _provenance(self) -> dict[str, Any]:
        request, config, model = self._request, self._request.config, self._model
        source = "local_folder" if request.model_path else "hub"
        return {
            "config_sha256": config.sha256,
            "head_sha": request.head_sha,
            "model_source": model.source if model else source,
            "weights": [file.record() for file in self._files.weights] if self._files else [],
            "loader": model.loader if model else config.load.with_,
            "pooling": model.pooling if model else config.load.pooling,
            "normalize": model.normalize if model else config.load.normalize,
            "prompts": dict(model.prompts) if model else dict(config.load.prompts),
            "max_length": model.max_length if model else config.load.max_length,
            "dtype": model.dtype if model else config.load.dtype,
            "attention": model.attention if model else None,
            "batch_size": request.batch_size,
            "truncated_share": self._tally.truncated_share,
            "seeds": {t.name: t.task.seed for t in self._tasks if t.task is not None},
            **software(),
            "hardware": hardware(self._device),
            "seconds": round(time.monotonic() - self._began, 3),
            "energy_kwh": None,
            "runs": max(1, self._output.counts()["run", ("", "", "")]),
            "command": shlex.join(request.command)[:4000],
        }

    def _blame(self, failure: Failure | None) -> ExitCode:
        """Our turn before the submitter's: a machine that failed must run again anyway."""
        kinds = {record["error"]["kind"] for record in self._records if record["error"]}
        if failure is not None:
            kinds.add(failure.kind)
        return ExitCode.SUBMISSION if kinds == {"submission"} else ExitCode.INFRASTRUCTURE


class _NoModel:
    """Stands in for the encoder of a task that never ran."""

    mteb_model_meta = None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _outcome_line(
    result: dict[str, Any] | None, failure: Failure | None, selected: SelectedTask, seconds: float
) -> str:
    if failure is not None:
        return f"FAILED ({failure.kind}): {failure.message}"
    entries = [
        entry for entries in (result or {"scores": {}})["scores"].values() for entry in entries
    ]
    mean = sum(entry["main_score"] for entry in entries) / max(1, len(entries))
    metric = selected.task.metadata.main_score
    return f"{metric} {mean:.4f} over {len(entries)} subset(s) in {duration(seconds)}"
