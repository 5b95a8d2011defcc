"""A repository's state as data: for comparing what two runs left behind."""

import hashlib
from typing import Any

from tests.standins.git_repository import NoSuchRevision
from tests.standins.hub.contents import blobs
from tests.standins.hub.contents import files as files_of
from tests.standins.hub.state import MAIN, Discussion, Hub, Repository


def snapshot(hub: Hub, repository: Repository) -> dict[str, Any]:
    """Main's files by SHA-256, every pull request and discussion in order; no times, no identifiers."""
    del hub
    return {
        "files": _sha256s(repository, repository.git.resolve(MAIN)),
        "pulls": [_pull(repository, d) for d in _ordered(repository) if d.is_pull],
        "discussions": [_discussion(d) for d in _ordered(repository) if not d.is_pull],
    }


def _ordered(repository: Repository) -> list[Discussion]:
    return [discussion for _, discussion in sorted(repository.discussions.items())]


def _discussion(discussion: Discussion) -> dict[str, Any]:
    description, *comments = discussion.comments
    return {
        "number": discussion.number,
        "title": discussion.title,
        "author": discussion.author,
        "status": discussion.status,
        "description": description.data["latest"]["raw"],
        "comments": [
            {
                "author": comment.author,
                "content": comment.data["latest"]["raw"],
                "hidden": comment.data["hidden"],
            }
            for comment in comments
        ],
    }


def _pull(repository: Repository, pull: Discussion) -> dict[str, Any]:
    return {
        **_discussion(pull),
        "files": _sha256s(repository, repository.git.resolve(pull.ref)),
        "contains_main": _contains(repository, pull.ref, MAIN),
    }


def _contains(repository: Repository, ref: str, ancestor: str) -> bool:
    try:
        repository.git.git("merge-base", "--is-ancestor", ancestor, ref)
    except NoSuchRevision:
        return False
    return True


def _sha256s(repository: Repository, commit: str) -> dict[str, str]:
    files = files_of(repository, commit)
    small = [file.blob for file in files.values() if not file.pointer]
    found = blobs(repository.git, list(dict.fromkeys(small)))
    return {
        path: file.pointer.sha256 if file.pointer else hashlib.sha256(found[file.blob]).hexdigest()
        for path, file in sorted(files.items())
    }
