"""Trees from entries as the git database API takes them. Few processes, however many entries."""

import os
from typing import Any

from tests.standins.git_repository import ZERO, GitRepository, NoSuchRevision
from tests.standins.github.refusals import Refused, unprocessable

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_FOLDER = "040000"
_KINDS = {_FOLDER: "tree", "160000": "commit"}


def build_tree(git: GitRepository, base: str | None, entries: list[dict[str, Any]]) -> str:
    """The SHA of a tree: `entries` on top of `base`. `content` or `sha` set a path, `sha` None deletes it.

    Raises:
        Refused: 422 for entries that make no tree.
    """
    if not entries:
        raise _no_tree()
    for entry in entries:
        _check(entry)
    _require_objects(git, entries)
    index = git.path / f"index-{os.urandom(8).hex()}"
    try:
        if base:
            git.git("read-tree", base, GIT_INDEX_FILE=str(index))
        staged = git.git("ls-files", "-z", GIT_INDEX_FILE=str(index)).decode().split("\0")
        lines = [line for entry in entries for line in _lines(git, set(staged[:-1]), entry)]
        words = ("update-index", "-z", "--index-info")
        git.git(*words, stdin="\0".join([*lines, ""]).encode(), GIT_INDEX_FILE=str(index))
        sha = git.git("write-tree", GIT_INDEX_FILE=str(index)).decode().strip()
    except NoSuchRevision as error:
        raise _no_tree() from error
    finally:
        index.unlink(missing_ok=True)
    if sha == EMPTY:
        raise _no_tree()
    return sha


def _check(entry: dict[str, Any]) -> None:
    if not {"path", "mode"} <= entry.keys() or ("sha" in entry) == ("content" in entry):
        raise unprocessable(
            "Must supply either tree.sha or tree.content. "
            "Request will be rejected if both are present."
        )
    path = entry["path"]
    if {"", ".", "..", ".git"} & set(path.split("/")):
        raise unprocessable(f"tree.path contains a malformed path component: {path}")


def _require_objects(git: GitRepository, entries: list[dict[str, Any]]) -> None:
    wanted = {entry["sha"]: entry["mode"] for entry in entries if entry.get("sha")}
    asked = "".join(f"{sha}\n" for sha in wanted).encode()
    known = git.git("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked)
    kinds = dict(line.split(" ", 1) for line in known.decode().splitlines())
    for sha, mode in wanted.items():
        if kinds.get(sha) != (kind := _KINDS.get(mode, "blob")):
            raise unprocessable(f"tree.sha {sha} is not a valid {kind}")


def _lines(git: GitRepository, staged: set[str], entry: dict[str, Any]) -> list[str]:
    """What to tell git's index about one entry."""
    path, mode = entry["path"], entry["mode"]
    sha = git.write_blob(entry["content"].encode()) if "content" in entry else entry["sha"]
    here = sorted(x for x in staged if x == path or x.startswith(f"{path}/"))
    gone = [f"0 {ZERO}\t{x}" for x in here]
    if sha is None:
        if not here:
            raise unprocessable("GitRPC::BadObjectState")
        return gone
    if mode != _FOLDER:
        return [f"{mode} {sha}\t{path}"]
    below = (x for x in git.tree(sha) if x.kind != "tree")
    return gone + [f"{x.mode} {x.sha}\t{path}/{x.path}" for x in below]


def _no_tree() -> Refused:
    return unprocessable("Invalid tree info")
