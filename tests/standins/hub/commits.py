"""Commits over HTTP: which way each file goes, then all of them at once, to a branch or a pull request."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from werkzeug import Response

from tests.standins.hub import access, card, contents, large_files
from tests.standins.hub.answers import as_json
from tests.standins.hub.call import Call, check_object
from tests.standins.hub.conversation import happen, open_discussion
from tests.standins.hub.errors import Refused, Violation, entry_not_found
from tests.standins.hub.large_files import Pointer
from tests.standins.hub.revisions import commit_of, ref_of
from tests.standins.hub.state import Discussion, Hub, Repository

_NDJSON = "application/x-ndjson"
_BAD_PATH = re.compile(r"(^|/)(\.\.?|\.git)?(/|$)")


@dataclass
class _Asked:
    summary: str
    description: str
    parent: str | None
    changes: dict[str, bytes | None] = field(default_factory=dict)


def preupload(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /preupload/{rev}`: regular or lfs, for each file."""
    call.query("create_pr")
    ref = ref_of(repository, rev)
    _require(call, repository, ref)
    body = call.json({"files": list}, {"gitIgnore": str})
    commit = commit_of(repository, ref)
    known = contents.files(repository, commit)
    attributes = contents.text_of(repository, commit, ".gitattributes") or b""
    ignored = [line.strip() for line in body.get("gitIgnore", "").splitlines()]
    answers = []
    for each in body["files"]:
        check_object(each, {"path": str, "sample": str, "size": int}, {}, "file")
        path, sample = each["path"], _base64(each["sample"])
        large = large_files.is_large(path, each["size"], sample, attributes)
        answers.append({
            "path": path,
            "uploadMode": "lfs" if large else "regular",
            "shouldIgnore": any(line and fnmatchcase(path, line) for line in ignored),
            "oid": known[path].etag if path in known else None,
        })  # fmt: skip
    return as_json({"files": answers, "commitOid": repository.shown(commit)})


def commit(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /commit/{rev}[?create_pr=1]`."""
    call.query("create_pr")
    base = ref_of(repository, rev)
    author = _require(call, repository, base)
    asked = _read(call, repository, base)
    _refuse_bad_card(asked)
    parent = commit_of(repository, asked.parent or base)
    pull = None
    if call.flag("create_pr"):
        if not base.startswith("refs/heads/"):
            raise Refused(400, "A pull request can only be opened against a branch")
        title, status = asked.summary, "open"
        pull = open_discussion(call.hub, repository, author, title, asked.description,
                               is_pull=True, status=status, base=base)  # fmt: skip
        repository.git.git("update-ref", pull.ref, parent)
    elif parent != commit_of(repository, base):
        raise Refused(412, "A commit has happened since. Please refresh and try again.")
    oid = add_commit(
        call.hub, repository, pull.ref if pull else base, asked.changes, author,
        f"{asked.summary}\n\n{asked.description}".strip(),
    )  # fmt: skip
    url = f"{call.base}/{repository.url_path}"
    answer = {
        "success": True,
        "commitOid": oid,
        "commitUrl": f"{url}/commit/{oid}",
        "hookOutput": "",
    }
    if pull:
        answer["pullRequestUrl"] = f"{url}/discussions/{pull.number}"
    return as_json(answer)


def add_commit(
    hub: Hub,
    repository: Repository,
    ref: str,
    changes: dict[str, bytes | None],
    author: str,
    message: str,
) -> str:
    """Commit on top of `ref`; a pull request's ref says so in its discussion. Returns the SHA."""
    oid = repository.git.commit(ref, changes, message)
    record(hub, repository, ref, oid, author, message)
    return oid


def record(hub: Hub, repository: Repository, ref: str, oid: str, author: str, message: str) -> None:
    """Remember who made a commit and when."""
    repository.authors[oid] = author
    repository.dates[oid] = hub.tick()
    pull = pull_of(repository, ref)
    if pull:
        data = {"subject": message.splitlines()[0], "oid": oid}
        happen(hub, pull, "commit", author, data)


def pull_of(repository: Repository, ref: str) -> Discussion | None:
    """The pull request whose commits are at `ref`."""
    number = ref.removeprefix("refs/pr/")
    return repository.discussions.get(int(number)) if number.isdigit() else None


def _require(call: Call, repository: Repository, ref: str) -> str:
    if call.flag("create_pr"):
        return access.require_discuss(call.visitor)
    return access.require_ref(call.visitor, repository, ref)


def _read(call: Call, repository: Repository, base: str) -> _Asked:
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
    asked = _Asked(header["summary"], header.get("description", ""), header.get("parentCommit"))
    known = set(contents.files(repository, commit_of(repository, asked.parent or base)))
    for line in lines[1:]:
        if line["key"] not in _OPERATIONS:
            raise Violation(f"unknown operation {line['key']!r}")
        _OPERATIONS[line["key"]](call.hub, known, asked.changes, line["value"])
    return asked


def _refuse_bad_card(asked: _Asked) -> None:
    readme = asked.changes.get("README.md")
    if readme is not None:
        found, _ = card.problems(readme.decode(errors="replace"))
        if found:
            raise Refused(400, "\n".join(found))


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
    decoded = _base64(content) if value["encoding"] == "base64" else content.encode()
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


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Violation(f"not base64: {error}") from error
