"""What is to be submitted: the tasks of one revision, read from a runner's output or from accepted results."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from bot.report import Report, read_report
from bot.report_identity import check_identity
from bot.results_repository.layout import META, SETTINGS, revision_folder
from bot.results_repository.model_meta import unusable_meta
from bot.results_repository.run_settings import (
    MAX_BYTES,
    Scope,
    Settings,
    parse_settings,
    settings_of,
)
from bot.task_file import UnusableFileError, read_json
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import shown
from schemas.submission import ModelConfig

_MOST_FILES = 5000  # mteb has about 1,600 tasks
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NO_TASKS = {META, "report.json"}
_WANTED = (
    "name the output folder of `mteb-runner evaluate`, or `results/<org>__<name>/<revision>` of "
    "the model and revision in the config"
)


class CannotSubmitResults(CommandError):
    """Nothing of these results can be submitted: they are at fault, not the repository."""

    exit_code = ExitCode.SUBMISSION


@dataclass(frozen=True)
class TaskFile:
    """A task's result as it was found. `data` is None where it cannot be read, and `unusable` says why."""

    task: str
    data: Any = None
    custom: bool = False
    unusable: str = ""


@dataclass(frozen=True)
class Candidate:
    """One revision's results. `report` is the runner's, where they come from its output folder."""

    model: str
    revision: str
    files: tuple[TaskFile, ...]
    meta: Mapping[str, Any]
    settings: Mapping[Scope, Settings] = field(default_factory=dict)
    report: Report | None = None


def read_candidate(folder: Path, config: ModelConfig, meta_file: Path | None = None) -> Candidate:
    """The results of the config's model at its revision.

    Raises:
        UsageError: there is no such folder.
        CannotSubmitResults: other results, a smoke run, or no usable model_meta.json.
        CannotReadReport: the runner's report is broken.
        ReportOfAnotherConfig: it is not about this config.
    """
    try:
        if (folder / "report.json").is_file():
            return _of_runner(folder, config, meta_file)
        return _of_revision(folder, config, meta_file)
    except OSError as error:
        raise UsageError(f"{_said(folder)}: {error.strerror}", _WANTED) from error
    except RuntimeError as error:  # what `Path.resolve` makes of a link to itself
        raise UsageError(f"{_said(folder)}: a link that leads to itself", _WANTED) from error


def _of_runner(folder: Path, config: ModelConfig, meta_file: Path | None) -> Candidate:
    report = read_report(folder / "report.json")
    check_identity(report, config)
    if report.smoke:
        raise CannotSubmitResults(
            f"{_said(folder)} is from a smoke run: its scores mean nothing",
            "evaluate again without --smoke",
        )
    files = tuple(
        TaskFile(outcome.task, outcome.scores.result, custom=outcome.custom)
        for outcome in report.outcomes
        if outcome.scores
    )
    own = folder / revision_folder(report.model, report.revision) / META
    meta = _meta(meta_file or own, report.model, report.revision)
    return _not_empty(
        Candidate(report.model, report.revision, files, meta, settings_of(report), report), folder
    )


def _of_revision(folder: Path, config: ModelConfig, meta_file: Path | None) -> Candidate:
    resolved = folder.resolve(strict=True)
    # What a tuned model's revision is, no config tells: the board accepted the folder as it is.
    tuned = config.finetune is not None and _COMMIT.fullmatch(resolved.name)
    revision = resolved.name if tuned else config.revision
    expected = revision_folder(config.model, revision)
    if not resolved.as_posix().endswith(f"/{expected.removeprefix('results/')}"):
        raise CannotSubmitResults(
            f"{_said(folder)} is not the folder of {config.model} at {revision}: {expected}",
            _WANTED,
        )
    files = tuple(_task_file(path) for path in _task_paths(resolved))
    settings = _settings(resolved / SETTINGS)
    meta = _meta(meta_file or resolved / META, config.model, revision)
    return _not_empty(Candidate(config.model, revision, files, meta, settings), folder)


def _task_paths(folder: Path) -> list[Path]:
    entries = list(islice(folder.iterdir(), _MOST_FILES + 1))
    if len(entries) > _MOST_FILES:
        raise CannotSubmitResults(f"{_said(folder)} holds more than {_MOST_FILES:,} files", _WANTED)
    return sorted(path for path in entries if path.suffix == ".json" and path.name not in _NO_TASKS)


def _task_file(path: Path) -> TaskFile:
    try:
        return TaskFile(path.stem, read_json(path))
    except UnusableFileError as error:
        return TaskFile(path.stem, unusable=str(error).removesuffix("; skipped"))


def _settings(path: Path) -> dict[Scope, Settings]:
    if path.is_symlink() or not path.is_file():
        return {}
    with path.open("rb") as stream:
        return parse_settings(stream.read(MAX_BYTES))


def _meta(path: Path, model: str, revision: str) -> Mapping[str, Any]:
    """The model's metadata in strict JSON: what is not finite is null."""
    fix = "`mteb-runner model-meta` writes one; name it with --model-meta"
    try:
        data = read_json(path)
    except UnusableFileError as error:
        why = str(error).removesuffix("; skipped")
        raise CannotSubmitResults(f"{_said(path)} {why}", fix) from error
    if why := unusable_meta(data, model, revision):
        raise CannotSubmitResults(f"{_said(path)}: {why}", fix)
    known: Mapping[str, Any] = data
    return known


def _not_empty(candidate: Candidate, folder: Path) -> Candidate:
    if candidate.files:
        return candidate
    raise CannotSubmitResults(f"{_said(folder)} holds no task result", _WANTED)


def _said(path: Path) -> str:
    return shown(str(path), 300)
