"""Read the custom task files a model config names: inside its project only, bounded, nothing else on the disk."""

from collections.abc import Callable
from functools import cache
from os.path import normpath
from pathlib import Path

from bot.surroundings import CustomTaskFile, task_names
from schemas.problem import Problem, shown
from schemas.submission import is_task_file
from schemas.yaml_document import YamlDocument, parse_yaml, read_bytes

_PROJECT_MARKS = (".git", "pyproject.toml", "models")
CheckTask = Callable[[YamlDocument], list[Problem]]
ReadTask = Callable[[Path, str], CustomTaskFile]


def project_root(config: Path) -> Path:
    """The nearest folder above `config` (resolved) that holds .git, pyproject.toml or models/; else its own folder."""
    for folder in config.parents:
        if any((folder / mark).exists() for mark in _PROJECT_MARKS):
            return folder
    return config.parent


def custom_task_files(
    document: YamlDocument, config: Path, check: CheckTask
) -> dict[int, CustomTaskFile]:
    """Item number in `evaluate.tasks` -> the file it names, read and checked once."""
    # one file has many spellings
    read = cache(lambda target, location: _read(target, location, check))
    find = cache(lambda name: _task_file(name, config, read))
    return {
        number: find(name)
        for number, name in task_names(document)
        if is_task_file(name) and document.at("evaluate", "tasks", number) == name
    }


def _read(target: Path, location: str, check: CheckTask) -> CustomTaskFile:
    document = parse_yaml(read_bytes(target), location)
    return CustomTaskFile(location, document, tuple(check(document)))


def _task_file(name: str, config: Path, read: ReadTask) -> CustomTaskFile:
    location = normpath(config.parent / name)
    try:
        target = (config.resolve().parent / name).resolve()
        inside = target.is_relative_to(project_root(config.resolve()))
        if Path(name).is_absolute() or not inside:
            return CustomTaskFile(location, refusal=_outside(name))
        return read(target, location)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
        reason = getattr(error, "strerror", None) or "its links form a circle"
        message = f"the custom task file `{shown(name)}` cannot be read: {reason}"
        fix = "name a file that exists, relative to the folder of this config"
        return CustomTaskFile(location, refusal=("custom-task-unreadable", message, fix))


def _outside(name: str) -> tuple[str, str, str]:
    message = f"the custom task file `{shown(name)}` lies outside of this project"
    fix = "keep it in the project and write its path relative to the folder of this config"
    return "custom-task-outside", message, fix
