"""What the Hub knows: people, tokens, repositories and their discussions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from tests.standins.git_repository import GitRepository

Gate = Literal["auto", "manual", False]
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
MAIN = "refs/heads/main"


@dataclass(frozen=True)
class Token:
    """A fine-grained access token: the namespaces whose repositories it reads (private ones) and writes."""

    value: str
    user: str
    read: frozenset[str]
    write: frozenset[str]
    discuss: bool  # may open discussions and pull requests, and comment


@dataclass(frozen=True)
class Visitor:
    """Who sends a request; nobody where there is no token."""

    token: Token | None = None

    @property
    def name(self) -> str | None:
        """User name."""
        return self.token.user if self.token else None


@dataclass
class Event:
    """Something that happened in a discussion. `data` as the Hub's API has it."""

    id: str
    kind: Literal["comment", "status-change", "title-change", "commit"]
    author: str
    at: datetime
    data: dict[str, Any]


@dataclass
class Discussion:
    """A discussion, or a pull request whose commits are at `ref`."""

    number: int
    title: str
    author: str
    at: datetime
    is_pull: bool
    status: Literal["draft", "open", "closed", "merged"]
    base: str = MAIN
    merge_commit: str | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """Where the commits of a pull request are."""
        return f"refs/pr/{self.number}"

    @property
    def comments(self) -> list[Event]:
        """The description, then everything said since."""
        return [event for event in self.events if event.kind == "comment"]


@dataclass
class Repository:
    """A model or a dataset. `aliases` maps upstream's SHAs, which git cannot make again, to ours."""

    kind: Literal["model", "dataset"]
    name: str
    git: GitRepository
    private: bool = False
    gated: Gate = False
    disabled: bool = False  # by the Hub's moderators
    accepted: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    discussions: dict[int, Discussion] = field(default_factory=dict)
    scans: dict[str, dict[str, Any]] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    dates: dict[str, datetime] = field(default_factory=dict)
    listings: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # by commit; never changes
    blobs: dict[str, bytes] = field(default_factory=dict)  # by SHA; never changes

    @property
    def owner(self) -> str:
        """The user or organisation."""
        return self.name.split("/")[0]

    @property
    def url_path(self) -> str:
        """Path of its page."""
        return self.name if self.kind == "model" else f"datasets/{self.name}"

    @property
    def revision(self) -> str:
        """The SHA of main's head, as answers show it."""
        return self.shown(self.git.refs(MAIN)[MAIN])

    def shown(self, commit: str) -> str:
        """A commit's SHA as answers show it: upstream's where it has one."""
        return next((alias for alias, own in self.aliases.items() if own == commit), commit)


@dataclass
class Hub:
    """Everything, and the folder that holds the git repositories and large files."""

    folder: Path
    users: dict[str, str] = field(default_factory=dict)  # name → user or org
    tokens: dict[str, Token] = field(default_factory=dict)
    repositories: dict[tuple[str, str], Repository] = field(default_factory=dict)
    large_files: dict[str, Path] = field(default_factory=dict)  # by sha256
    violations: list[str] = field(default_factory=list)
    requests: int = 0
    redirects: bool = False  # small files from a cache, as the Hub does: one more request for each
    now: datetime = BEGINNING
    last_id: int = 0

    def tick(self) -> datetime:
        """The next moment; no two events share one."""
        self.now += timedelta(seconds=1)
        return self.now

    def new_id(self) -> str:
        """A new identifier, shaped as the Hub's."""
        self.last_id += 1
        return f"{self.last_id:024x}"

    def find(self, name: str, kind: str | None = None) -> Repository:
        """A repository by name.

        Raises:
            KeyError: there is none.
        """
        kinds: Iterable[str] = (kind,) if kind else ("model", "dataset")
        for each in kinds:
            if (each, name.lower()) in self.repositories:
                return self.repositories[each, name.lower()]
        raise KeyError(name)

    def git_path(self, kind: str, name: str) -> Path:
        """Where a repository's git folder is."""
        return self.folder / f"{kind}s" / f"{name}.git"
