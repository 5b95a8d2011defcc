"""Which commit a revision means."""

import re

from tests.standins.git_repository import NoSuchRevision
from tests.standins.hub import errors
from tests.standins.hub.state import Repository

_SHA = re.compile(r"[0-9a-f]{7,40}")


def commit_of(repository: Repository, revision: str) -> str:
    """Branch, tag, ref, upstream's SHA or (short) SHA → the commit in git.

    Raises:
        Refused: RevisionNotFound.
    """
    if revision in repository.aliases:
        return repository.aliases[revision]
    if revision in repository.listings:  # the SHA of a commit that was asked for before
        return revision
    refs = repository.git.refs()
    for ref in (revision, f"refs/heads/{revision}", f"refs/tags/{revision}"):
        if ref in refs:
            is_tag = ref.startswith("refs/tags/")  # which may be an object of its own
            return repository.git.resolve(ref) if is_tag else refs[ref]
    if _SHA.fullmatch(revision):
        try:
            return repository.git.resolve(revision)
        except NoSuchRevision:
            pass
    raise errors.revision_not_found(revision)


def shown(repository: Repository, commit: str, revision: str) -> str:
    """The SHA an answer shows for `commit`, when a client asked for `revision`."""
    return revision if revision in repository.aliases else repository.shown(commit)


def ref_of(repository: Repository, revision: str) -> str:
    """The ref that commits to `revision` move.

    Raises:
        Refused: RevisionNotFound; a SHA is nothing that can be committed to.
    """
    refs = repository.git.refs()
    for ref in (revision, f"refs/heads/{revision}"):
        if ref in refs and not ref.startswith("refs/tags/"):
            return ref
    raise errors.revision_not_found(revision)
