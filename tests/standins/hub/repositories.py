"""Repositories: created, deleted, their settings, branches and tags."""

from pathlib import Path
from typing import Any

from werkzeug import Response

from tests.standins.git_repository import GitRepository
from tests.standins.hub import access, card_rules, errors, large_files
from tests.standins.hub.answers import as_json
from tests.standins.hub.call import Call
from tests.standins.hub.revisions import commit_of
from tests.standins.hub.state import MAIN, Hub, Repository


def created(call: Call) -> Response:
    """`POST /api/repos/create`."""
    name = access.require_user(call.visitor)
    body = call.json(
        {"name": str}, {"organization": str | None, "type": str, "visibility": str, "private": bool}
    )
    kind, owner = body.get("type", "model"), body.get("organization") or name
    if kind not in {"model", "dataset"}:
        raise errors.Violation(f"repositories of type {kind!r} are not served here")
    full_name = f"{owner}/{body['name']}"
    if owner not in call.visitor.token.write:
        raise errors.forbidden(
            f'You don\'t have the rights to create a {kind} under the namespace "{owner}"'
        )
    try:
        known = call.hub.find(full_name, kind)
    except KeyError:
        private = body.get("private", body.get("visibility") == "private")
        known = make(call.hub, kind, full_name, {}, private=private)
    else:
        url = f"{call.base}/{known.url_path}"
        message = f"You already created this {kind} repo: {full_name}"
        return as_json({"error": message, "url": url}, 409, {"X-Error-Message": message})
    return as_json({"url": f"{call.base}/{known.url_path}", "name": full_name, "id": full_name})


def deleted(call: Call) -> Response:
    """`DELETE /api/repos/delete`."""
    name = access.require_user(call.visitor)
    body = call.json({"name": str}, {"organization": str | None, "type": str})
    full_name = f"{body.get('organization') or name}/{body['name']}"
    kind = body.get("type", "model")
    repository = access.readable(call.hub, call.visitor, kind, full_name)
    if not access.may_write(call.visitor, repository):
        raise errors.forbidden("You don't have the rights to delete this repository")
    del call.hub.repositories[kind, full_name.lower()]
    return as_json({})


def settings(call: Call, repository: Repository) -> Response:
    """`PUT /settings`: visibility and gate."""
    access.require_ref(call.visitor, repository, MAIN)
    body = call.json({}, {"visibility": str, "private": bool, "gated": str | bool})
    if "visibility" in body or "private" in body:
        repository.private = body.get("private", body.get("visibility") == "private")
    if "gated" in body:
        repository.gated = body["gated"]
    return as_json({"private": repository.private, "gated": repository.gated})


def allowed(call: Call, repository: Repository) -> Response:
    """`GET /auth-check`: whether the contents may be read."""
    access.require_contents(call.request, call.visitor, repository)
    return as_json({})


def may_be_written(call: Call, repository: Repository) -> Response:
    """`GET /auth-check/write`: whether main may be committed to."""
    access.require_ref(call.visitor, repository, MAIN)
    return as_json({})


def branch_created(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /branch/{name}`."""
    access.require_ref(call.visitor, repository, MAIN)
    body = call.json({}, {"startingPoint": str})
    if rev.startswith("refs/"):
        raise errors.Refused(400, "Invalid reference for a branch")
    return _make_ref(repository, f"refs/heads/{rev}", body.get("startingPoint", "main"))


def branch_deleted(call: Call, repository: Repository, rev: str) -> Response:
    """`DELETE /branch/{name}`."""
    access.require_ref(call.visitor, repository, MAIN)
    if rev == "main":
        raise errors.forbidden("Cannot delete the main branch")
    return _delete_ref(repository, f"refs/heads/{rev}", rev)


def tag_created(call: Call, repository: Repository, rev: str) -> Response:
    """`POST /tag/{revision}`."""
    access.require_ref(call.visitor, repository, MAIN)
    body = call.json({"tag": str}, {"message": str})
    return _make_ref(repository, f"refs/tags/{body['tag']}", rev)


def tag_deleted(call: Call, repository: Repository, rev: str) -> Response:
    """`DELETE /tag/{name}`."""
    access.require_ref(call.visitor, repository, MAIN)
    return _delete_ref(repository, f"refs/tags/{rev}", rev)


def yaml_checked(call: Call) -> Response:
    """`POST /api/validate-yaml`: what is wrong with a README's front matter."""
    body = call.json({"content": str, "repoType": str})
    found, warnings = card_rules.problems(body["content"])
    answer: dict[str, Any] = {
        "errors": [{"message": message} for message in found],
        "warnings": [{"message": message} for message in warnings],
    }
    return as_json(answer, 400 if found else 200)


def make(
    hub: Hub,
    kind: str,
    name: str,
    files: dict[str, bytes | Path],
    *,
    private: bool = False,
    gated: Any = False,
) -> Repository:
    """A new repository with .gitattributes, as the Hub makes it, and `files`."""
    everything = {".gitattributes": large_files.GIT_ATTRIBUTES, **files}
    attributes = everything[".gitattributes"]
    if isinstance(attributes, Path):
        attributes = attributes.read_bytes()
    blobs = as_blobs(hub, everything, attributes)
    git = GitRepository.create(hub.git_path(kind, name), blobs)
    repository = Repository(kind, name, git, private=private, gated=gated)
    hub.repositories[kind, name.lower()] = repository
    repository.dates[git.refs(MAIN)[MAIN]] = hub.tick()
    return repository


def as_blobs(
    hub: Hub, files: dict[str, bytes | Path | None], attributes: bytes
) -> dict[str, bytes | None]:
    """What git is to hold: contents, and pointers for large files."""
    return {path: _blob(hub, path, content, attributes) for path, content in files.items()}


def _blob(hub: Hub, path: str, content: bytes | Path | None, attributes: bytes) -> bytes | None:
    if content is None:
        return None
    if isinstance(content, Path):
        size = content.stat().st_size
        with content.open("rb") as stream:
            sample = stream.read(512)
        if large_files.is_large(path, size, sample, attributes):
            return bytes(large_files.put_path(hub, content))
        return content.read_bytes()
    if content and large_files.is_large(path, len(content), content, attributes):
        return bytes(large_files.put(hub, content))
    return content


def _make_ref(repository: Repository, ref: str, start: str) -> Response:
    if ref in repository.git.refs():
        raise errors.Refused(409, f'Reference "{ref}" already exists')
    repository.git.git("update-ref", ref, commit_of(repository, start))
    return as_json({})


def _delete_ref(repository: Repository, ref: str, name: str) -> Response:
    if ref not in repository.git.refs():
        raise errors.revision_not_found(name)
    repository.git.git("update-ref", "-d", ref)
    return as_json({})
