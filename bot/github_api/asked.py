"""Who asked for what: the comment of the event read anew, as it is now and not as the event has it."""

from dataclasses import dataclass
from datetime import datetime

from github.IssueComment import IssueComment

from bot.commanding.command import Command, Misunderstood, Word
from bot.commanding.event import START_LABEL, CommentEvent, LabelEvent
from bot.commanding.facts import Asking
from bot.commanding.grammar import parse
from bot.conversation.facts import Comment, is_of
from bot.conversation.marker import is_login
from bot.github_api import conversation_shapes as shapes
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation import CannotReport

_PULLS = "pull-requests: write"
_NOT_FOUND = 404


class CannotFollowCommand(CannotReport):
    """GitHub does not let the bot read a command, or answer it; `fix` names the permission."""


@dataclass(frozen=True)
class Asked:
    """A command, and who asks."""

    asking: Asking
    command: Command | Misunderstood


@dataclass(frozen=True)
class WrittenComment:
    """A comment, when it was written, on which pull request, and whether an app wrote it."""

    comment: Comment
    at: datetime
    pull: int
    by_app: bool

    @property
    def edited(self) -> bool:
        """Whether it was changed since."""
        return self.comment.updated_at != self.at


def written_comment(
    connection: GithubConnection, repository: str, comment: int
) -> WrittenComment | None:
    """A comment by its number; None where it is gone.

    Raises:
        CannotFollowCommand: it may not be read.
        ServiceAtFault: no answer within the policy's tries.
    """
    # GitHub finds it by its own number: that of the issue plays no part in the address.
    issue = connection.api.get_repo(repository).get_issue(1)
    try:
        return connection.read(
            lambda: shapes.as_described(lambda: written(issue.get_comment(comment).complete()))
        )
    except GithubRefused as error:
        if error.status == _NOT_FOUND:
            return None
        raise CannotFollowCommand("read the comment", _PULLS, error) from error


def asked_in_comment(
    connection: GithubConnection, repository: str, login: str, event: CommentEvent
) -> Asked | None:
    """The command in a comment; None: there is none, it is gone, or no person but an app or `login` wrote it.

    Raises:
        CannotFollowCommand: it may not be read.
        ServiceAtFault: no answer within the policy's tries.
    """
    found = written_comment(connection, repository, event.comment)
    if found is None or found.pull != event.pull or found.by_app or is_of(found.comment, login):
        return None
    command = parse(found.comment.body)
    if command is None or not is_login(found.comment.author):
        return None
    key, by = f"comment-{event.comment}", found.comment.author
    return Asked(Asking(key, by, event.pull, found.at, edited=found.edited), command)


def asked_by_label(event: LabelEvent) -> Asked:
    """What the label asks for."""
    key = f"label-{int(event.at.timestamp())}"
    asking = Asking(key, event.by, event.pull, event.at, event.head_sha, START_LABEL)
    return Asked(asking, Command(Word.EVALUATE))


def written(found: IssueComment) -> WrittenComment:
    """A comment as GitHub has it."""
    by_app = found.user is not None and found.user.type != "User"
    pull = int(found.issue_url.rpartition("/")[2])
    return WrittenComment(shapes.comment(found), found.created_at, pull, by_app)
