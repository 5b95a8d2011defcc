"""Which pull requests of a model's repository the bot opened to publish results."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

from huggingface_hub import (
    Discussion,
    DiscussionComment,
    DiscussionCommit,
    DiscussionStatusChange,
    DiscussionWithDetails,
)

from bot.hub_api.connection import HubConnection
from bot.publication.description import TITLE
from bot.publication.facts import MARKER, OwnPull

_MOST_LISTED = 200  # pull requests of one account in one repository, ten a request
_MOST_CLOSED = 20  # of those that are not open, one request each
_OPEN = frozenset({"open", "draft"})


def own_pulls(hub: HubConnection, model: str, user: str) -> tuple[OwnPull, ...]:
    """Those that are open; where none is, those down to the newest that a person closed or merged.

    Raises:
        HubRefused, ServiceAtFault: as `HubConnection.read`.
    """
    listed = hub.read(lambda: _listed(hub, model, user))
    opened = [each for each in listed if each.status in _OPEN]
    found = list(_ours(hub, opened, user))
    if not found:
        closed = [each for each in listed if each.status not in _OPEN]
        found = list(_newest(hub, closed, user))
    return tuple(sorted(found, key=lambda pull: pull.number))


def _listed(hub: HubConnection, model: str, user: str) -> list[Discussion]:
    found = hub.api.get_repo_discussions(
        model, author=user, discussion_type="pull_request", discussion_status="all"
    )
    return list(islice(found, _MOST_LISTED))


def _newest(hub: HubConnection, closed: Sequence[Discussion], user: str) -> Iterator[OwnPull]:
    newest = sorted(closed, key=lambda each: -each.num)[:_MOST_CLOSED]
    for pull in _ours(hub, newest, user):
        yield pull
        if not pull.by_bot:
            return


def _ours(hub: HubConnection, listed: Sequence[Discussion], user: str) -> Iterator[OwnPull]:
    for each in listed:
        if pull := _own_pull(_details(hub, each), user):
            yield pull


def _details(hub: HubConnection, pull: Discussion) -> DiscussionWithDetails:
    return hub.read(lambda: hub.api.get_discussion_details(pull.repo_id, pull.num))


def _own_pull(details: DiscussionWithDetails, user: str) -> OwnPull | None:
    """None for one that the bot's account opened for something else.

    A maintainer may have edited title and description: the first commit still tells.
    """
    described = next((e for e in details.events if isinstance(e, DiscussionComment)), None)
    commits = [event.summary for event in details.events if isinstance(event, DiscussionCommit)]
    text = described.content if described else ""
    if MARKER not in text and commits[:1] != [TITLE]:
        return None
    ended = [event for event in details.events if isinstance(event, DiscussionStatusChange)]
    by_bot = bool(ended) and (ended[-1].new_status, ended[-1].author) == ("closed", user)
    comment = described.id if described else ""
    return OwnPull(details.num, _status(details), text, comment, by_bot)


def _status(details: DiscussionWithDetails) -> Literal["open", "closed", "merged"]:
    if details.status in _OPEN:
        return "open"
    return "merged" if details.status == "merged" else "closed"
