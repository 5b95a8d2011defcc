"""Trees of the git database."""

import os
from typing import Any

from tests.standins.git_repository import Entry, GitRepository, NoSuchRevision
from tests.standins.github.refusals import unprocessable
from tests.standins.github.revisions import commit_of, has_object
from tests.standins.github.routing import REPOSITORY, Call, Reply, endpoint

_KINDS = {"040000": "tree", "160000": "commit"}
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@endpoint(f"GET {REPOSITORY}/git/trees/{{tree_sha}}", "contents:read")
def get(call: Call, tree_sha: str):
    """A tree by its SHA, or of a commit or branch; `recursive` (whatever its value) for all below it."""
    git = call.repository.git
    sha = tree_sha
    if not has_object(git, sha, "tree"):
        commit = commit_of(git, tree_sha)
        sha = git.git("rev-parse", f"{commit}^{{tree}}").decode().strip()
    entries = git.tree(sha, recursive="recursive" in call.query)
    most = call.world.most_tree_entries
    return {**_shape(call, sha, entries[:most]), "truncated": len(entries) > most}


@endpoint(f"POST {REPOSITORY}/git/trees", "contents:write")
def create(call: Call):
    """A tree from entries, on top of `base_tree` where given; `sha: null` deletes."""
    git, base = call.repository.git, call.body.get("base_tree")
    if base and not (has_object(git, base, "tree") or has_object(git, base, "commit")):
        raise unprocessable("base_tree is not a valid tree oid")
    if not call.body["tree"]:
        raise unprocessable("Invalid tree info")
    index = git.path / f"index-{os.urandom(8).hex()}"
    try:
        if base:
            git.git("read-tree", base, GIT_INDEX_FILE=str(index))
        for entry in call.body["tree"]:
            _stage(git, str(index), entry)
        sha = git.git("write-tree", GIT_INDEX_FILE=str(index)).decode().strip()
    finally:
        index.unlink(missing_ok=True)
    if sha == _EMPTY:
        raise unprocessable("Invalid tree info")
    return Reply({**_shape(call, sha, git.tree(sha, recursive=False)), "truncated": False}, 201)


def _stage(git: GitRepository, index: str, entry: dict[str, Any]) -> None:
    if not {"path", "mode"} <= entry.keys() or {"sha", "content"} <= entry.keys():
        raise unprocessable("Must supply either tree.sha or tree.content, and path and mode.")
    path, mode, sha = entry["path"], entry["mode"], entry.get("sha")
    if path.startswith("/") or {"", ".", "..", ".git"} & set(path.split("/")):
        raise unprocessable(f"tree.path contains a malformed path component: {path}")
    if "content" in entry:
        made = git.git("hash-object", "-w", "--stdin", stdin=entry["content"].encode())
        sha = made.decode().strip()
    elif sha is not None and not has_object(git, sha, kind := _KINDS.get(mode, "blob")):
        raise unprocessable(f"tree.sha {sha} is not a valid {kind}")
    where = {"GIT_INDEX_FILE": index}
    if sha is None and not _paths(git, index, path):
        raise unprocessable("GitRPC::BadObjectState")
    if sha is None or mode == "040000":
        gone = "".join(f"0 {'0' * 40}\t{name}\0" for name in _paths(git, index, path))
        git.git("update-index", "-z", "--index-info", stdin=gone.encode(), **where)
    if sha is not None and mode == "040000":
        git.git("read-tree", f"--prefix={path}/", sha, **where)
    elif sha is not None:
        try:
            line = f"{mode} {sha}\t{path}\0"
            git.git("update-index", "-z", "--add", "--index-info", stdin=line.encode(), **where)
        except NoSuchRevision as error:
            raise unprocessable("Invalid tree info") from error


def _paths(git: GitRepository, index: str, path: str) -> list[str]:
    """The files at a path or below it."""
    staged = git.git("ls-files", "-z", GIT_INDEX_FILE=index, GIT_WORK_TREE=str(git.path))
    return [x for x in staged.decode().split("\0") if x == path or x.startswith(f"{path}/")]


def _shape(call: Call, sha: str, entries: list[Entry]) -> dict[str, Any]:
    url = f"{call.base}/repos/{call.repository.full_name}/git"
    return {
        "sha": sha,
        "url": f"{url}/trees/{sha}",
        "tree": [
            {
                "path": entry.path,
                "mode": entry.mode,
                "type": entry.kind,
                "sha": entry.sha,
                **({} if entry.size is None else {"size": entry.size}),
                "url": f"{url}/{entry.kind}s/{entry.sha}",
            }
            for entry in entries
        ],
    }
