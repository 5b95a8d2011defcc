"""JSON in an artifact: its size in memory is bounded before it is parsed, its texts after."""

from typing import Any

from bot.artifacts.archive import Archive
from bot.artifacts.refusal import RefusedArtifact
from bot.task_file import UnusableFileError, parse_json
from schemas.problem import shown
from schemas.strict_json import parse_strict_json


def strict_json(archive: Archive, entry: str) -> Any:
    """A file as strict JSON.

    Raises:
        RefusedArtifact: it is none, or holds too much.
    """
    content = _bounded(archive, entry)
    try:
        data = parse_strict_json(content)
    except ValueError as error:
        rule = f"it is not strict JSON: {shown(str(error), 200)}"
        raise RefusedArtifact(archive.name, entry, rule) from error
    return _with_bounded_texts(archive, entry, data)


def json_of_mteb(archive: Archive, entry: str) -> Any:
    """A file as mteb writes it: what is not finite is None.

    Raises:
        RefusedArtifact: it is no JSON, or holds too much.
    """
    content = _bounded(archive, entry)
    try:
        data = parse_json(content)
    except UnusableFileError as error:
        raise RefusedArtifact(archive.name, entry, "it is not JSON") from error
    return _with_bounded_texts(archive, entry, data)


def _bounded(archive: Archive, entry: str) -> bytes:
    content, most = archive.read(entry), archive.limits.structure
    if sum(map(content.count, (b"[", b"{", b","))) > most:
        raise RefusedArtifact(archive.name, entry, f"it holds more than {most:,} values")
    return content


def _with_bounded_texts(archive: Archive, entry: str, data: Any) -> Any:
    waiting, longest = [data], archive.limits.text
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and len(value) > longest:
            rule = f"it holds a text of more than {longest:,} characters"
            raise RefusedArtifact(archive.name, entry, rule)
    return data
