"""The git database: refs, commits, blobs."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from tests.standins.git_repository import ZERO, NoSuchRevision
from tests.standins.github.diffs import is_ancestor
from tests.standins.github.refusals import not_found, unprocessable
from tests.standins.github.revisions import has_object
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.commits import git_commit, in_lines
from tests.standins.github.shapes.identifiers import node_id

_LARGEST_BLOB = 40_000_000  # bytes, for what is uploaded


@endpoint(f"GET {REPOSITORY}/git/ref/{{ref}}", "contents:read")
def get_ref(call: Call, ref: str):
    """One ref, by its whole name without `refs/`."""
    return _shape(call, f"refs/{ref}", _sha_of(call, f"refs/{ref}"))


@endpoint(f"GET {REPOSITORY}/git/matching-refs/{{ref}}", "contents:read")
def matching(call: Call, ref: str):
    """Every ref whose name begins so."""
    found = {name: sha for name, sha in _refs(call).items() if name.startswith(f"refs/{ref}")}
    return Listed(sorted(found.items()), lambda item: _shape(call, *item))


@endpoint(f"POST {REPOSITORY}/git/refs", "contents:write")
def create_ref(call: Call):
    """A new ref to an object that is there."""
    ref, sha = call.body["ref"], call.body["sha"]
    if not re.fullmatch(r"refs/[^/\s]+/\S+", ref):
        raise unprocessable("Reference name must start with 'refs/' and have at least two slashes.")
    if ref in _refs(call):
        raise unprocessable("Reference already exists")
    _require_object(call, sha)
    _require_known_workflows(call, sha)
    try:
        call.repository.git.git("update-ref", ref, sha, ZERO)
    except NoSuchRevision as error:
        raise unprocessable("Reference update failed") from error
    return Reply(_shape(call, ref, sha), 201)


@endpoint(f"PATCH {REPOSITORY}/git/refs/{{ref}}", "contents:write")
def update_ref(call: Call, ref: str):
    """Move a ref: forwards, or anywhere with `force`."""
    name, sha, git = f"refs/{ref}", call.body["sha"], call.repository.git
    old = _refs(call).get(name)
    if old is None:
        raise unprocessable("Reference does not exist")
    _require_object(call, sha)
    _require_known_workflows(call, sha)
    if not call.body.get("force") and not is_ancestor(git, old, sha):
        raise unprocessable("Update is not a fast forward")
    git.git("update-ref", name, sha, old)
    return _shape(call, name, sha)


@endpoint(f"DELETE {REPOSITORY}/git/refs/{{ref}}", "contents:write")
def delete_ref(call: Call, ref: str):
    """Delete a ref; a pull request whose head it was closes."""
    if f"refs/{ref}" not in _refs(call):
        raise unprocessable("Reference does not exist")
    call.repository.git.git("update-ref", "-d", f"refs/{ref}")
    return Reply(status=204)


@endpoint(f"GET {REPOSITORY}/git/commits/{{commit_sha}}", "contents:read")
def get_commit(call: Call, commit_sha: str):
    """A commit object."""
    if not has_object(call.repository.git, commit_sha, "commit"):
        raise not_found()
    return git_commit(call, commit_sha)


@endpoint(f"POST {REPOSITORY}/git/commits", "contents:write")
def create_commit(call: Call):
    """A commit that no ref knows yet. Times stand still unless given or `dated_commits`: equal commits, equal SHAs."""
    git, asked = call.repository.git, call.body
    if not has_object(git, asked["tree"], "tree"):
        raise unprocessable("Tree SHA does not exist")
    parents = asked.get("parents", [])
    if not all(has_object(git, parent, "commit") for parent in parents):
        raise unprocessable("Parent SHA does not exist or is not a commit object")
    options = [word for parent in parents for word in ("-p", parent)]
    author = asked.get("author", {})
    people = {**_person("AUTHOR", author), **_person("COMMITTER", asked.get("committer", author))}
    if call.world.dated_commits:
        people = {"GIT_AUTHOR_DATE": call.now, "GIT_COMMITTER_DATE": call.now, **people}
    made = git.git(
        "commit-tree", *options, asked["tree"], stdin=asked["message"].encode(), **people
    )
    return Reply(git_commit(call, made.decode().strip()), 201)


@endpoint(f"GET {REPOSITORY}/git/blobs/{{file_sha}}", "contents:read")
def get_blob(call: Call, file_sha: str):
    """A file's content."""
    git = call.repository.git
    if not has_object(git, file_sha, "blob"):
        raise not_found()
    content = git.git("cat-file", "blob", file_sha)
    return {
        "sha": file_sha,
        "node_id": node_id("B", file_sha),
        "size": len(content),
        "url": f"{call.base}/repos/{call.repository.full_name}/git/blobs/{file_sha}",
        "content": in_lines(content),
        "encoding": "base64",
    }


@endpoint(f"POST {REPOSITORY}/git/blobs", "contents:write")
def create_blob(call: Call):
    """Store a file's content: text, or bytes in base64."""
    content = call.body["content"].encode()
    if call.body.get("encoding", "utf-8") == "base64":
        try:
            content = b64decode(content)
        except NotBase64 as error:
            raise unprocessable("content is not valid Base64") from error
    if len(content) > _LARGEST_BLOB:
        raise unprocessable("Sorry, your input was too large to process.")
    sha = call.repository.git.write_blob(content)
    url = f"{call.base}/repos/{call.repository.full_name}/git/blobs/{sha}"
    return Reply({"sha": sha, "url": url}, 201)


def _refs(call: Call) -> dict[str, str]:
    return call.repository.git.refs()


def _sha_of(call: Call, name: str) -> str:
    found = _refs(call)
    if name not in found:
        raise not_found()
    return found[name]


def _require_object(call: Call, sha: str) -> None:
    if not has_object(call.repository.git, sha, "commit"):
        raise unprocessable("Object does not exist")


def _require_known_workflows(call: Call, sha: str) -> None:
    """No ref to workflows that no branch has yet, unless the token may write workflows.

    GitHub does not say why it refuses: github.com/cli/cli issue 7574, `PATCH /git/refs/heads/<branch>`.

    Raises:
        Refused: 404.
    """
    caller = call.caller
    assert caller is not None
    if caller.permissions is None and caller.workflow:
        return
    if caller.permissions and caller.permissions.get("workflows") == "write":
        return
    new = _workflows(call, sha)
    if new and not any(new <= _workflows(call, head) for head in set(_heads(call))):
        raise not_found()


def _heads(call: Call) -> list[str]:
    return [sha for ref, sha in _refs(call).items() if ref.startswith("refs/heads/")]


def _workflows(call: Call, sha: str) -> set[tuple[str, str]]:
    try:
        found = call.repository.git.tree(f"{sha}:.github/workflows")
    except NoSuchRevision:
        return set()
    return {(entry.path, entry.sha) for entry in found}


def _person(role: str, given: dict[str, str]) -> dict[str, str]:
    names = {"name": "NAME", "email": "EMAIL", "date": "DATE"}
    return {f"GIT_{role}_{names[key]}": value for key, value in given.items()}


def _shape(call: Call, name: str, sha: str) -> dict[str, Any]:
    url = f"{call.base}/repos/{call.repository.full_name}/git"
    return {
        "ref": name,
        "node_id": node_id("REF", name),
        "url": f"{url}/{name}",
        "object": {"sha": sha, "type": "commit", "url": f"{url}/commits/{sha}"},
    }
