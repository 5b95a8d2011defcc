"""What a results repository on GitHub lists of a model."""

from datetime import UTC, datetime
from typing import Any

from bot.github_api.connection import GithubConnection, GithubRefused
from bot.results_repository.layout import branch_of, model_folder, revision_folder
from bot.verification.facts import Listing

MOST_REVISIONS = 10  # one request each
_NOT_FOUND = 404


def load_listing(
    github: GithubConnection, repository: str, model: str, revision: str | None
) -> Listing:
    """Read the model's folder in mteb's layout; at `revision` alone, where one is given.

    Raises:
        GithubRefused: there is no such repository, or the token may not read it.
        ServiceAtFault: GitHub does not answer as it should.
    """
    remote = github.api.get_repo(repository)
    waiting = _waiting(github, remote, branch_of(model))
    folder = model_folder(model)
    revisions = [revision] if revision else _folders(github, remote, folder)
    files = {name: _files(github, remote, revision_folder(model, name)) for name in revisions}
    held = {name: found for name, found in files.items() if found}
    if not held:
        return Listing(repository, {}, waiting=waiting)
    where = revision_folder(model, revision) if revision else folder
    return Listing(repository, held, _changed_at(github, remote, where), waiting)


def _waiting(github: GithubConnection, remote: Any, branch: str) -> str:
    """Address of the newest open pull request from a branch of this name, whosever fork it is in."""
    pulls = github.read(lambda: remote.get_pulls(state="open").get_page(0))
    return next((str(pull.html_url) for pull in pulls if pull.head.ref == branch), "")


def _folders(github: GithubConnection, remote: Any, folder: str) -> list[str]:
    found = [entry.name for entry in _entries(github, remote, folder) if entry.type == "dir"]
    return sorted(found)[:MOST_REVISIONS]


def _files(github: GithubConnection, remote: Any, folder: str) -> frozenset[str]:
    entries = _entries(github, remote, folder)
    return frozenset(entry.name for entry in entries if entry.type == "file")


def _entries(github: GithubConnection, remote: Any, folder: str) -> list[Any]:
    """The entries of a folder; none where it is not there."""
    try:
        found = github.read(lambda: remote.get_contents(folder))
    except GithubRefused as error:
        if error.status == _NOT_FOUND:
            return []
        raise
    return found if isinstance(found, list) else [found]


def _changed_at(github: GithubConnection, remote: Any, path: str) -> datetime | None:
    """When the default branch last got a commit that touches `path`."""
    commits = github.read(lambda: remote.get_commits(path=path).get_page(0))
    if not commits:
        return None
    date: datetime = commits[0].commit.committer.date
    return date if date.tzinfo else date.replace(tzinfo=UTC)
