"""Which other files of the repository a submission's files name: read from YAML that may well be wrong."""

from collections.abc import Iterator
from os.path import normpath
from typing import Any

from bot.check import is_custom_task
from schemas.submission import is_task_file
from schemas.yaml_document import YamlDocument, parse_yaml


def referenced_paths(path: str, content: bytes) -> tuple[str, ...]:
    """Files and folders that the YAML file at `path` names, as paths of the repository.

    What leads out of the repository, or is no text, is left out: the check says so.
    """
    document = parse_yaml(content, path)
    folder = path.rpartition("/")[0]
    named = _data(document) if is_custom_task(document) else _task_files(document)
    paths = (normpath(f"{folder}/{name}") for name in named if name and not name.startswith("/"))
    return tuple(dict.fromkeys(one for one in paths if one != "." and not one.startswith("..")))


def is_task(path: str, content: bytes) -> bool:
    """Whether a YAML file is a custom task rather than a model config."""
    return is_custom_task(parse_yaml(content, path))


def _task_files(document: YamlDocument) -> Iterator[str]:
    tasks = _at(document.data, "evaluate", "tasks")
    for task in tasks if isinstance(tasks, list) else []:
        if isinstance(task, str) and is_task_file(task):
            yield task


def _data(document: YamlDocument) -> Iterator[str]:
    path = _at(document.data, "dataset", "path")
    if isinstance(path, str):
        yield path


def _at(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data
