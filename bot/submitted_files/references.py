"""Which other files of the repository a submission's files name: read from YAML that may well be wrong."""

from collections.abc import Iterator
from os.path import normpath

from bot.check import is_custom_task
from bot.surroundings import items
from schemas.submission import is_task_file
from schemas.yaml_document import YamlDocument, parse_yaml


def referenced_paths(path: str, content: bytes) -> tuple[str, ...]:
    """Files and folders that the YAML file at `path` names, as paths of the repository.

    What leads out of the repository, or is no text, is left out: the check says so.
    """
    document = parse_yaml(content, path)
    folder = path.rpartition("/")[0]
    named = _data(document) if is_custom_task(document) else _of_config(document)
    paths = (normpath(f"{folder}/{name}") for name in named if name and not name.startswith("/"))
    return tuple(dict.fromkeys(one for one in paths if one != "." and not one.startswith("..")))


def is_task(path: str, content: bytes) -> bool:
    """Whether a YAML file is a custom task rather than a model config."""
    return is_custom_task(parse_yaml(content, path))


def _of_config(document: YamlDocument) -> Iterator[str]:
    """Its custom task files, and what it trains on."""
    for task in items(document, "evaluate", "tasks"):
        if isinstance(task, str) and is_task_file(task):
            yield task
    for source in items(document, "finetune", "data"):
        path = source.get("path") if isinstance(source, dict) else None
        if isinstance(path, str):
            yield path


def _data(document: YamlDocument) -> Iterator[str]:
    path = document.at("dataset", "path")
    if isinstance(path, str):
        yield path
