"""Names of commits as callers give them: branches, tags, SHAs."""

import re

from tests.standins.git_repository import GitRepository, NoSuchRevision
from tests.standins.github.refusals import Refused

_SHA = re.compile("[0-9a-f]{40}")


def commit_of(git: GitRepository, name: str, missing: int = 404) -> str:
    """The commit of a branch, a tag, `heads/x`, or a SHA of at least four digits.

    Raises:
        Refused: there is none.
    """
    named = [f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}"]
    if _SHA.fullmatch(name):
        named = [name]
    elif re.fullmatch("[0-9a-f]{4,39}|HEAD", name):
        named.append(name)
    for candidate in named:
        try:
            return git.resolve(candidate)
        except NoSuchRevision:
            continue
    if missing == 404:
        raise Refused(404, "Not Found")
    raise Refused(422, f"No commit found for SHA: {name}")


def require_commit(git: GitRepository, sha: str) -> None:
    """Raises Refused (422) where a full SHA names no commit."""
    if not _SHA.fullmatch(sha):
        raise Refused(422, f"No commit found for SHA: {sha}")
    commit_of(git, sha, missing=422)


def has_object(git: GitRepository, sha: str, kind: str) -> bool:
    """Whether there is an object of that kind (blob, tree, commit)."""
    if not _SHA.fullmatch(sha):
        return False
    try:
        return git.git("cat-file", "-t", sha).decode().strip() == kind
    except NoSuchRevision:
        return False
