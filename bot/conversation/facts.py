"""What GitHub has of a conversation, as far as it matters here: frozen, read at the edge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.conversation.marker import Marker, marker_of


@dataclass(frozen=True)
class PullFacts:
    """A pull request as it is now."""

    number: int
    head_sha: str
    state: Literal["open", "closed", "merged"]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Comment:
    """Anybody's comment. `node_id` is its name in GraphQL."""

    id: int
    node_id: str
    author: str
    body: str
    updated_at: datetime


@dataclass(frozen=True)
class OwnComment:
    """A comment that the bot wrote, whatever config it is about."""

    id: int
    node_id: str
    body: str
    marker: Marker
    updated_at: datetime


@dataclass(frozen=True)
class OwnCheck:
    """A check run about the config at the subject's commit. `annotations` counts them."""

    id: int
    status: str
    conclusion: str | None
    title: str
    summary: str
    annotations: int


@dataclass(frozen=True)
class ConversationFacts:
    """All of it; comments and checks in the order in which they were made."""

    pull: PullFacts
    comments: tuple[OwnComment, ...]
    checks: tuple[OwnCheck, ...]

    @property
    def check(self) -> OwnCheck | None:
        """The check run that people see: of one name GitHub shows the latest."""
        return self.checks[-1] if self.checks else None

    def about(self, config: str) -> tuple[OwnComment, ...]:
        """The comments about one config: the first is the comment, any other is there by accident."""
        return tuple(comment for comment in self.comments if comment.marker.config == config)


def own_comments(comments: Iterable[Comment], login: str) -> tuple[OwnComment, ...]:
    """The comments that `login` wrote with a valid marker; one that anybody else forged is nobody's."""
    own = [
        OwnComment(comment.id, comment.node_id, comment.body, marker, comment.updated_at)
        for comment in comments
        if is_of(comment, login) and (marker := marker_of(comment.body))
    ]
    return tuple(sorted(own, key=lambda comment: comment.id))


def is_of(comment: Comment, login: str) -> bool:
    """Whether `login` wrote it; GitHub tells no two logins apart by case."""
    return comment.author.casefold() == login.casefold()
