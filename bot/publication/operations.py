"""Everything that publishing may do on the Hub.

None of it touches a branch other than a pull request's own, but for main of a repository that the bot made itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.publication.facts import Files
from bot.publication.files import Content


@dataclass(frozen=True)
class CreateRepository:
    """Create the model's repository."""

    private: bool


@dataclass(frozen=True)
class CommitToMain:
    """Put `files` into a repository that is empty, on top of the commit `main`."""

    main: str
    files: Mapping[str, Content]
    description: str


@dataclass(frozen=True)
class OpenPull:
    """Open a pull request with `files` on top of the commit `main`."""

    main: str
    files: Mapping[str, Content]
    description: str


@dataclass(frozen=True)
class MergeMain:
    """Merge main into a pull request: the parents are its head and main, the tree is `tree` with these in it.

    `kept` are files of the head to keep whatever main has there; `readme`, where it is given, replaces README.md.
    """

    pull: int
    head: str
    main: str
    tree: str
    kept: Files
    readme: bytes | None


@dataclass(frozen=True)
class CommitToPull:
    """Commit to a pull request whose head is `head`; `restored` are set back to what `main` has."""

    pull: int
    head: str
    main: str
    files: Mapping[str, Content]
    deleted: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditDescription:
    """Say something else in a pull request's first comment."""

    pull: int
    comment_id: str
    text: str


@dataclass(frozen=True)
class ClosePull:
    """Close a pull request that a race opened beside another of ours."""

    pull: int


Operation = (
    CreateRepository
    | CommitToMain
    | OpenPull
    | MergeMain
    | CommitToPull
    | EditDescription
    | ClosePull
)


def needs_another_look(operation: Operation) -> bool:
    """Whether more may be to do once it is done: a race lost, or files to put into what it made."""
    return isinstance(operation, CreateRepository | CommitToMain | OpenPull | MergeMain)
