"""People who act on the Hub beside the bot: owners and maintainers, through the browser."""

from collections.abc import Mapping
from pathlib import Path

from tests.standins.hub import contents, conversation, merging
from tests.standins.hub.commits import add_commit
from tests.standins.hub.repositories import as_blobs
from tests.standins.hub.state import MAIN, Discussion, Hub, Repository


def commit(
    hub: Hub,
    repository: Repository,
    files: Mapping[str, bytes | Path | None],
    author: str,
    message: str,
    ref: str,
) -> str:
    """Commit files to a ref."""
    head = repository.git.resolve(ref)
    attributes = contents.text_of(repository, head, ".gitattributes") or b""
    blobs = as_blobs(hub, dict(files), attributes)
    return add_commit(hub, repository, ref, blobs, author, message)


def open_pull(
    hub: Hub,
    repository: Repository,
    files: Mapping[str, bytes | Path],
    author: str,
    title: str,
    description: str,
) -> Discussion:
    """Open a pull request with one commit."""
    pull = conversation.open_discussion(hub, repository, author, title, description, status="open")
    repository.git.git("update-ref", pull.ref, repository.git.resolve(MAIN))
    commit(hub, repository, files, author, title, pull.ref)
    return pull


def comment(hub: Hub, repository: Repository, number: int, author: str, text: str) -> None:
    """Say something in a discussion."""
    conversation.say(hub, repository.discussions[number], author, text)


def set_status(hub: Hub, repository: Repository, number: int, author: str, status: str) -> None:
    """Close or reopen a discussion."""
    conversation.set_status(hub, repository.discussions[number], author, status)


def merge(hub: Hub, repository: Repository, number: int, author: str) -> str:
    """Merge a pull request."""
    pull = repository.discussions[number]
    merged = merging.merge(hub, repository, pull, author)
    conversation.set_status(hub, pull, author, "merged")
    return merged
