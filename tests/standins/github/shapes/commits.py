"""Commits, trees and files as the API shows them."""

from base64 import encodebytes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.standins.git_repository import GitRepository
from tests.standins.github.diffs import FileChange
from tests.standins.github.routing import Call
from tests.standins.github.shapes.identifiers import node_id

_UNSIGNED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


@dataclass(frozen=True)
class Facts:
    """What a commit object says."""

    tree: str
    parents: tuple[str, ...]
    author: dict[str, str]
    committer: dict[str, str]
    message: str


def facts(git: GitRepository, sha: str) -> Facts:
    """Read a commit object."""
    return _facts(git.path, sha)


@lru_cache(maxsize=1024)  # commits do not change
def _facts(path: Path, sha: str) -> Facts:
    fields = "%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
    shown = GitRepository(path).git("show", "--no-patch", f"--format={fields}", sha, TZ="UTC")
    tree, parents, *people, message = shown.decode(errors="replace").split("\0")
    author, committer = people[:3], people[3:]
    keys = ("name", "email", "date")
    return Facts(
        tree,
        tuple(parents.split()),
        dict(zip(keys, author, strict=True)),
        dict(zip(keys, committer, strict=True)),
        message.rstrip("\n"),
    )


def git_commit(call: Call, sha: str) -> dict[str, Any]:
    """As the git database shows a commit."""
    found, (url, page) = facts(call.repository.git, sha), _addresses(call)
    return {
        "sha": sha,
        "node_id": node_id("C", sha),
        "url": f"{url}/git/commits/{sha}",
        "html_url": f"{page}/commit/{sha}",
        "author": found.author,
        "committer": found.committer,
        "message": found.message,
        "tree": {"sha": found.tree, "url": f"{url}/git/trees/{found.tree}"},
        "parents": [
            {
                "sha": parent,
                "url": f"{url}/git/commits/{parent}",
                "html_url": f"{page}/commit/{parent}",
            }
            for parent in found.parents
        ],
        "verification": _UNSIGNED,
    }


def commit(call: Call, sha: str) -> dict[str, Any]:
    """As lists of commits show one; nobody's account is known behind an author."""
    found, (url, page) = facts(call.repository.git, sha), _addresses(call)
    one = f"{url}/commits/{sha}"
    return {
        "sha": sha,
        "node_id": node_id("C", sha),
        "url": one,
        "html_url": f"{page}/commit/{sha}",
        "comments_url": f"{one}/comments",
        "commit": {
            "url": f"{url}/git/commits/{sha}",
            "author": found.author,
            "committer": found.committer,
            "message": found.message,
            "comment_count": 0,
            "tree": {"sha": found.tree, "url": f"{url}/git/trees/{found.tree}"},
            "verification": _UNSIGNED,
        },
        "author": None,
        "committer": None,
        "parents": [
            {
                "sha": parent,
                "url": f"{url}/commits/{parent}",
                "html_url": f"{page}/commit/{parent}",
            }
            for parent in found.parents
        ],
    }


def file_change(call: Call, change: FileChange, sha: str, hunks: str) -> dict[str, Any]:
    """One file of a difference, as it is at commit `sha`."""
    url, page = _addresses(call)
    escaped = quote(change.path)
    return {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page}/blob/{sha}/{escaped}",
        "raw_url": f"{page}/raw/{sha}/{escaped}",
        "contents_url": f"{url}/contents/{escaped}?ref={sha}",
        **({} if change.binary or not hunks else {"patch": hunks}),
    }


def in_lines(content: bytes) -> str:
    """Base64 as GitHub breaks it, every sixty characters."""
    flat = encodebytes(content).decode().replace("\n", "")
    return "".join(f"{flat[at : at + 60]}\n" for at in range(0, len(flat), 60))


def _addresses(call: Call) -> tuple[str, str]:
    name = call.repository.full_name
    return f"{call.base}/repos/{name}", f"{call.base}/{name}"
