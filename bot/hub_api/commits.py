"""Commits to a pull request over the Hub's HTTP API, which puts each file where the repository wants it: git or LFS."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete
from huggingface_hub.errors import BadRequestError

from bot.hub_api.connection import HubConnection
from bot.publication.description import TITLE, UPDATE
from bot.publication.facts import MARKER
from bot.publication.files import Content
from bot.publication.operations import CommitToMain, CommitToPull, OpenPull
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown


class MetadataRefused(CommandError):
    """The Hub does not take README.md with the metadata it has."""

    exit_code = ExitCode.SUBMISSION


def open_pull(hub: HubConnection, model: str, opening: OpenPull) -> None:
    """Open a pull request with one commit on top of main as it was looked at.

    Raises:
        MaybeApplied: the answer got lost.
        MetadataRefused, HubRefused, ServiceAtFault: the Hub says no, or nothing.
    """

    def commit() -> None:
        hub.api.create_commit(
            model,
            list(_additions(opening.files)),
            commit_message=TITLE,
            commit_description=opening.description,
            create_pr=True,
            parent_commit=opening.main,
        )

    hub.add(lambda: _explained(commit))


def commit_to_main(hub: HubConnection, model: str, commit: CommitToMain) -> None:
    """Commit on top of main as it was looked at.

    Raises:
        MaybeApplied: the answer got lost.
        HubRefused: the Hub says no; 412: main is another one by now.
        MetadataRefused, ServiceAtFault: as `open_pull`.
    """

    def send() -> None:
        hub.api.create_commit(
            model,
            list(_additions(commit.files)),
            commit_message=TITLE,
            commit_description=commit.description,
            parent_commit=commit.main,
        )

    hub.add(lambda: _explained(send))


def commit_to_pull(hub: HubConnection, model: str, commit: CommitToPull) -> None:
    """Commit on top of the pull request's head as it was looked at.

    Raises:
        MaybeApplied: the answer got lost.
        HubRefused: the Hub says no; 412: the head is another one by now.
        MetadataRefused, ServiceAtFault: as `open_pull`.
    """

    def send() -> None:
        hub.api.create_commit(
            model,
            list(_changes(commit)),
            commit_message=UPDATE,
            commit_description=MARKER,
            revision=f"refs/pr/{commit.pull}",
            parent_commit=commit.head,
        )

    hub.add(lambda: _explained(send))


def _additions(files: Mapping[str, Content]) -> Iterator[CommitOperationAdd]:
    """Made anew for every try: huggingface_hub changes them."""
    for path, content in files.items():
        source = content if isinstance(content, bytes) else content.path
        yield CommitOperationAdd(path, source)


def _changes(commit: CommitToPull) -> Iterator[Any]:
    yield from _additions(commit.files)
    for path in commit.deleted:
        yield CommitOperationDelete(path, is_folder=False)
    for path in commit.restored:
        yield CommitOperationCopy(path, path, src_revision=commit.main)


def _explained(send: Callable[[], None]) -> None:
    """The Hub checks README.md first; what it finds wrong, huggingface_hub raises as a bare ValueError.

    What keeps a large file from being uploaded it wraps in a bare RuntimeError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the metadata could have besides
            send()
    except RuntimeError as error:
        raise error.__cause__ or error from None
    except ValueError as error:
        if not isinstance(error.__cause__, BadRequestError):
            raise
        raise MetadataRefused(
            f"the Hub does not take the metadata of README.md: {shown(str(error), 500)}",
            "mend the front matter of the model's README on the Hub, and run again",
        ) from error
