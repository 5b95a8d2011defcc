"""Read scores from any folder in mteb's layout, or from a runner's output folder."""

import errno
import os
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from bot.model_results import (
    AUTHORS_OWN,
    UNKNOWN_REVISION,
    ModelResults,
    Note,
    RevisionFolder,
    results_of_report,
    results_of_revision,
    results_of_revisions,
)
from bot.report import CannotReadReport, read_report
from bot.scores import TaskScores
from bot.task_file import FactsOf, UnusableFileError, read_json, read_task_file
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown

MAX_FILES = 5000  # mteb has about 1,600 tasks
_MOST_NAMED = 20
_NO_TASKS = {"model_meta.json", "report.json"}
_REVISION = re.compile(rf"[0-9a-f]{{40}}|{AUTHORS_OWN}|{UNKNOWN_REVISION}")
_MODEL = re.compile(r"[^_].*__.+", re.DOTALL)  # `<org>__<name>`, and not `__pycache__`
_WANTED = "name a results folder: `results/<org>__<name>`, one revision folder in it, or the output folder of `mteb-runner evaluate`"


class CannotReadResults(CommandError):
    """A folder holds no usable results, or leaves open which are meant."""

    exit_code = ExitCode.USAGE


def read_results(path: Path, facts_of: FactsOf) -> ModelResults:
    """The scores of the one model in `path`.

    `path` may be a results root with one model, the parent of a `results` folder, a model folder
    `<org>__<name>` with revision folders, one revision folder, or a runner's output folder.

    Raises:
        CannotReadResults: no such folder, no usable result in it, several models, or a smoke run.
    """
    try:
        return _read(_resolved(path), facts_of)
    except OSError as error:
        raise CannotReadResults(f"{shown(str(path), 300)}: {error.strerror}", _WANTED) from error


def _resolved(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except RuntimeError as error:  # what Python before 3.13 makes of links in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


def _read(folder: Path, facts_of: FactsOf) -> ModelResults:
    if (folder / "report.json").is_file() and (folder / "results").is_dir():
        return _runner_output(folder)
    if (folder / "model_meta.json").is_file():
        return _one_revision(folder, facts_of)
    children = _folders(folder)
    if any(_REVISION.fullmatch(child.name) for child in children):
        return _all_revisions(folder, facts_of)
    if models := [child for child in children if _MODEL.fullmatch(child.name)]:
        return _all_revisions(_only(models, folder), facts_of)
    if folder / "results" in children:
        return _read(folder / "results", facts_of)
    return _unusual(folder, children, facts_of)


def _only(models: Sequence[Path], folder: Path) -> Path:
    if len(models) == 1:
        return models[0]
    raise CannotReadResults(
        f"{_named(folder)} holds {len(models)} models: {_listed(m.name for m in models)}",
        "name the folder of one of them",
    )


def _unusual(folder: Path, children: Sequence[Path], facts_of: FactsOf) -> ModelResults:
    """A revision folder without model_meta.json, or revision folders that are not named by a commit."""
    if _task_files(folder):
        return _one_revision(folder, facts_of)
    if children and _MODEL.fullmatch(folder.name):
        return _all_revisions(folder, facts_of)
    raise CannotReadResults(f"{_named(folder)} holds no results in mteb's layout", _WANTED)


def _runner_output(folder: Path) -> ModelResults:
    try:
        results = results_of_report(read_report(folder / "report.json"))
    except CannotReadReport as error:
        raise CannotReadResults(error.message, error.fix) from error
    if results.smoke:
        raise CannotReadResults(
            f"{_named(folder)} is from a smoke run: its scores mean nothing",
            "evaluate again without --smoke",
        )
    return results


def _one_revision(folder: Path, facts_of: FactsOf) -> ModelResults:
    read = _revision(folder, facts_of)
    named = folder.parent if _MODEL.fullmatch(folder.parent.name) else folder
    results = results_of_revision(_model_name(named, [folder]), read)
    return _not_empty(results, folder, read.notes)


def _all_revisions(folder: Path, facts_of: FactsOf) -> ModelResults:
    revisions = _folders(folder)
    read = [_revision(revision, facts_of) for revision in revisions]
    results = results_of_revisions(_model_name(folder, revisions), read)
    if results:
        return results
    if held := [revision for revision in read if revision.tasks]:
        raise CannotReadResults(
            f"{_named(folder)} holds only scores whose model revision is unknown or that the "
            f"authors reported themselves: {_listed(r.revision for r in held)}",
            "name that folder itself to use them all the same",
        )
    return _not_empty(None, folder, [note for revision in read for note in revision.notes])


def _not_empty(results: ModelResults | None, folder: Path, notes: Sequence[Note]) -> ModelResults:
    if results and results.tasks:
        return results
    why = "".join(f"\n  {shown(note.about, 200)} {note.sentence}" for note in notes[:5])
    raise CannotReadResults(f"{_named(folder)} holds no usable task result{why}", _WANTED)


def _revision(folder: Path, facts_of: FactsOf) -> RevisionFolder:
    tasks: dict[str, TaskScores] = {}
    notes: list[Note] = []
    for file in _task_files(folder):
        scores, said = read_task_file(file, facts_of)
        notes += said
        if scores:
            tasks[scores.task] = scores
    return RevisionFolder(folder.name, tasks, tuple(notes))


def _model_name(folder: Path, revisions: Sequence[Path]) -> str:
    """`org/name` of a model folder; its model_meta.json is asked only where the folder's name does not say it."""
    if _MODEL.fullmatch(folder.name):
        return folder.name.replace("__", "/", 1)
    for revision in revisions:
        try:
            name = read_json(revision / "model_meta.json").get("name")
        except (UnusableFileError, AttributeError):
            continue
        if isinstance(name, str) and name:
            return name
    return folder.name


def _task_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in _entries(folder)
        if path.suffix == ".json" and path.name not in _NO_TASKS and not path.is_dir()
    )


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in _entries(folder) if path.is_dir() and not path.is_symlink())


def _entries(folder: Path) -> list[Path]:
    entries = list(islice(folder.iterdir(), MAX_FILES + 1))
    if len(entries) > MAX_FILES:
        raise CannotReadResults(f"{_named(folder)} holds more than {MAX_FILES:,} files", _WANTED)
    return entries


def _listed(names: Iterable[str]) -> str:
    every = [shown(name) for name in names]
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(every[:_MOST_NAMED]) + more


def _named(folder: Path) -> str:
    return shown(str(folder), 300)
