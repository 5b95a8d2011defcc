"""What a commit asks for: its ndjson, checked line by line."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from tests.standins.hub import contents, large_files
from tests.standins.hub.call import Call, check_object
from tests.standins.hub.errors import Refused, Violation, entry_not_found
from tests.standins.hub.large_files import Pointer
from tests.standins.hub.revisions import commit_of
from tests.standins.hub.state import Hub, Repository

_NDJSON = "application/x-ndjson"
_BAD_PATH = re.compile(r"(^|/)(\.\.?|\.git)?(/|$)")


@dataclass
class Asked:
    """A commit before it is made. `changes`: what git is to hold, None for what goes."""

    summary: str
    description: str
    parent: str | None
    changes: dict[str, bytes | None] = field(default_factory=dict)


def read_commit(call: Call, repository: Repository, base: str) -> Asked:
    """The commit that a request asks for, on top of its parent or of `base`.

    Raises:
        Violation: no faithful client sends this.
        Refused: the Hub does not take it.
    """
    if call.request.mimetype != _NDJSON:
        raise Violation(f"content type {call.request.mimetype!r} instead of {_NDJSON}")
    try:
        lines = [json.loads(line) for line in call.request.get_data().splitlines()]
    except ValueError as error:
        raise Violation(f"not ndjson: {error}") from error
    for line in lines:
        check_object(line, {"key": str, "value": dict}, {}, "line")
    if [line["key"] for line in lines].count("header") != 1 or lines[0]["key"] != "header":
        raise Violation("a commit begins with its only header")
    header = lines[0]["value"]
    check_object(header, {"summary": str}, {"description": str, "parentCommit": str}, "header")
    if not header["summary"].strip():
        raise Refused(400, '"summary" is not allowed to be empty')
    asked = Asked(header["summary"], header.get("description", ""), header.get("parentCommit"))
    known = set(contents.files(repository, commit_of(repository, asked.parent or base)))
    for line in lines[1:]:
        if line["key"] not in _OPERATIONS:
            raise Violation(f"unknown operation {line['key']!r}")
        _OPERATIONS[line["key"]](call.hub, known, asked.changes, line["value"])
    _refuse_clashes(known, asked.changes)
    return asked


def _refuse_clashes(known: set[str], changes: dict[str, bytes | None]) -> None:
    gone = {path for path, content in changes.items() if content is None}
    kept = {path for path in {*known, *changes} if path not in gone}
    for path in kept:
        for folder in PurePosixPath(path).parents:
            if str(folder) in kept:
                raise Refused(400, f"{folder} is a file; it cannot hold {path}")


def _path(value: dict[str, Any]) -> str:
    if _BAD_PATH.search(value["path"].rstrip("/")) or value["path"].startswith("/"):
        raise Refused(400, f"Invalid path in repo: {value['path']}")
    return value["path"].rstrip("/")


def _add(
    hub: Hub, known: set[str], changes: dict[str, bytes | None], value: dict[str, Any]
) -> None:
    del hub, known
    check_object(value, {"content": str, "path": str, "encoding": str}, {}, "file")
    if value["encoding"] not in {"base64", "utf-8"}:
        raise Violation(f"encoding {value['encoding']!r}")
    content = value["content"]
    decoded = from_base64(content) if value["encoding"] == "base64" else content.encode()
    path = _path(value)
    if large_files.is_binary(decoded) and len(decoded) > large_files.LARGE_BINARY:
        raise Refused(
            400, f"Your commit contains binary files that must be stored with Xet: {path}"
        )
    if len(decoded) > large_files.LARGE:
        raise Refused(400, f"Your commit contains files larger than 10 MiB: {path}")
    changes[path] = decoded


def _add_large(
    hub: Hub, known: set[str], changes: dict[str, bytes | None], value: dict[str, Any]
) -> None:
    del known
    check_object(value, {"path": str, "algo": str, "oid": str}, {"size": int}, "lfsFile")
    stored = hub.large_files.get(value["oid"])
    if value["algo"] != "sha256" or not stored:
        raise Refused(400, "LFS pointer pointed to a file that does not exist")
    size = stored.stat().st_size
    if value.get("size", size) != size:
        raise Refused(400, "LFS pointer has another size than its file")
    changes[_path(value)] = bytes(Pointer(value["oid"], size))


def _delete(
    hub: Hub, known: set[str], changes: dict[str, bytes | None], value: dict[str, Any]
) -> None:
    del hub
    check_object(value, {"path": str}, {}, "deletedFile")
    if _path(value) not in known:
        raise entry_not_found("", "A file with this name doesn't exist")
    changes[_path(value)] = None


def _delete_folder(
    hub: Hub, known: set[str], changes: dict[str, bytes | None], value: dict[str, Any]
) -> None:
    del hub
    check_object(value, {"path": str}, {}, "deletedFolder")
    below = [path for path in known if path.startswith(f"{_path(value)}/")]
    if not below:
        raise entry_not_found("", "A folder with this name doesn't exist")
    changes.update(dict.fromkeys(below))


_OPERATIONS = {
    "file": _add,
    "lfsFile": _add_large,
    "deletedFile": _delete,
    "deletedFolder": _delete_folder,
}


def from_base64(text: str) -> bytes:
    """Decode.

    Raises:
        Violation: it is nothing of the kind.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Violation(f"not base64: {error}") from error
