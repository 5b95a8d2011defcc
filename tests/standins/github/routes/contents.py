"""Files and folders by path."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from tests.standins.git_repository import Entry, NoSuchRevision
from tests.standins.github.pulling import head_of
from tests.standins.github.refusals import Refused, not_found, unprocessable
from tests.standins.github.revisions import commit_of
from tests.standins.github.routing import REPOSITORY, Call, Reply, endpoint
from tests.standins.github.shapes.commits import facts, git_commit, in_lines

_PATH = f"{REPOSITORY}/contents/{{path}}"
_MOST_WITH_CONTENT = 1_000_000  # bytes
_MOST = 100_000_000
_MOST_ENTRIES = 1000


@endpoint(f"GET {REPOSITORY}/contents", "contents:read", described=_PATH)
@endpoint(f"GET {_PATH}", "contents:read")
def get(call: Call, path: str = ""):
    """A file with its content (none above a megabyte), or what is in a folder."""
    git, path = call.repository.git, path.strip("/")
    ref = call.query.get("ref") or call.repository.default_branch
    try:
        sha = commit_of(git, ref)
    except Refused as error:
        raise Refused(404, f"No commit found for the ref {ref}") from error
    entry = _entry(call, sha, path) if path else None
    if path and entry is None:
        raise not_found()
    if entry is None or entry.kind == "tree":
        below = git.tree(f"{sha}:{path}" if path else sha, recursive=False)[:_MOST_ENTRIES]
        return [_shape(call, each, f"{path}/{each.path}".lstrip("/"), ref) for each in below]
    content = git.git("cat-file", "blob", entry.sha)
    if len(content) > _MOST:
        raise Refused(403, "This API returns blobs up to 100 MB in size.")
    if "raw" in call.request.headers.get("Accept", ""):
        return Reply(content, headers={"Content-Type": "application/vnd.github.raw+json"})
    small = len(content) <= _MOST_WITH_CONTENT
    encoded = {
        "content": in_lines(content) if small else "",
        "encoding": "base64" if small else "none",
    }
    return {**_shape(call, entry, path, ref), **encoded}


@endpoint(f"PUT {_PATH}", "contents:write")
def put(call: Call, path: str):
    """Commit one file; changing one needs its blob's SHA."""
    branch = call.body.get("branch", call.repository.default_branch)
    old = _entry(call, _head(call, branch), path)
    given = call.body.get("sha")
    if old and given is None:
        raise unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
    _require_same(old, given, path)
    try:
        content = b64decode(call.body["content"], validate=False)
    except NotBase64 as error:
        raise unprocessable("content is not valid Base64") from error
    commit = call.repository.git.commit(
        f"refs/heads/{branch}", {path: content}, call.body["message"]
    )
    entry = _entry(call, commit, path)
    assert entry
    body = {"content": _shape(call, entry, path, branch), "commit": git_commit(call, commit)}
    return Reply(body, 200 if old else 201)


@endpoint(f"DELETE {_PATH}", "contents:write")
def delete(call: Call, path: str):
    """Commit that one file goes."""
    branch = call.body.get("branch", call.repository.default_branch)
    old = _entry(call, _head(call, branch), path)
    if old is None:
        raise not_found()
    _require_same(old, call.body["sha"], path)
    commit = call.repository.git.commit(f"refs/heads/{branch}", {path: None}, call.body["message"])
    return {"content": None, "commit": git_commit(call, commit)}


def _head(call: Call, branch: str) -> str:
    sha = head_of(call.repository.git, branch)
    if sha is None:
        raise Refused(404, f"Branch {branch} not found")
    return sha


def _require_same(old: Entry | None, given: str | None, path: str) -> None:
    if given is not None and (old is None or old.sha != given):
        raise Refused(409, f"{path} does not match {given}")


def _entry(call: Call, commit: str, path: str) -> Entry | None:
    git = call.repository.git
    folder, _, name = path.rpartition("/")
    top = f"{facts(git, commit).tree}:{folder}" if folder else commit
    try:
        below = git.tree(top, recursive=False)
    except NoSuchRevision:
        return None
    return next((each for each in below if each.path == name), None)


def _shape(call: Call, entry: Entry, path: str, ref: str) -> dict[str, Any]:
    name = call.repository.full_name
    url = f"{call.base}/repos/{name}/contents/{path}?ref={ref}"
    git = f"{call.base}/repos/{name}/git/{entry.kind}s/{entry.sha}"
    html = f"{call.base}/{name}/{entry.kind}/{ref}/{path}"
    raw = f"{call.base}/{name}/raw/{ref}/{path}" if entry.kind == "blob" else None
    return {
        "type": {"blob": "file", "tree": "dir", "commit": "submodule"}[entry.kind],
        "size": entry.size or 0,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.sha,
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": raw,
        "_links": {"self": url, "git": git, "html": html},
    }
