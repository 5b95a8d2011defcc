"""What happens in a discussion, and how the API shows it."""

from html import escape
from typing import Any

from tests.standins.hub import errors
from tests.standins.hub.answers import moment
from tests.standins.hub.state import MAIN, Discussion, Event, Hub, Repository

_SHORTEST_TITLE, _LONGEST_TITLE, _LONGEST_COMMENT = 3, 200, 65536


def open_discussion(  # noqa: PLR0913 -- what a discussion begins with
    hub: Hub,
    repository: Repository,
    author: str,
    title: str,
    description: str,
    *,
    is_pull: bool = True,
    status: str,
    base: str = MAIN,
) -> Discussion:
    """A new discussion or pull request; its ref is the caller's to set."""
    number = max(repository.discussions, default=0) + 1
    discussion = Discussion(number, checked_title(title), author, hub.tick(), is_pull, status, base)
    say(hub, discussion, author, description)
    repository.discussions[number] = discussion
    return discussion


def say(hub: Hub, discussion: Discussion, author: str, text: str) -> Event:
    """Add a comment."""
    data = {
        "edited": False,
        "hidden": False,
        "latest": text_shown(hub, author, checked_comment(text)),
        "numEdits": 0,
        "editors": [author],
        "editorAvatarUrls": [f"/avatars/{author}.svg"],
        "reactions": [],
        "isReport": False,
        "history": [],
    }
    return happen(hub, discussion, "comment", author, data)


def set_status(hub: Hub, discussion: Discussion, author: str, status: str) -> Event:
    """Change the status."""
    discussion.status = status
    return happen(hub, discussion, "status-change", author, {"status": status})


def happen(hub: Hub, discussion: Discussion, kind: str, author: str, data: dict[str, Any]) -> Event:
    """Add an event."""
    event = Event(hub.new_id(), kind, author, hub.tick(), data)
    discussion.events.append(event)
    return event


def checked_title(title: str) -> str:
    title = title.strip()
    if not _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE:
        raise errors.Refused(400, '"title" length must be between 3 and 200 characters')
    return title


def checked_comment(text: str) -> str:
    if len(text) > _LONGEST_COMMENT:
        raise errors.Refused(400, '"comment" length must be at most 65536 characters')
    return text


def text_shown(hub: Hub, author: str, text: str) -> dict[str, Any]:
    return {
        "raw": text,
        "html": f"<p>{escape(text)}</p>",
        "updatedAt": moment(hub.now),
        "author": _person(author),
    }


def summary(repository: Repository, discussion: Discussion) -> dict[str, Any]:
    return {
        "num": discussion.number,
        "author": _person(discussion.author),
        "repo": {"name": repository.name, "type": repository.kind},
        "title": discussion.title,
        "status": discussion.status,
        "createdAt": moment(discussion.at),
        "isPullRequest": discussion.is_pull,
        "numComments": len(discussion.comments),
        "topReactions": [],
        "numReactionUsers": 0,
        "pinned": False,
    }


def shown(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "author": _person(event.author),
        "createdAt": moment(event.at),
        "type": event.kind,
        "data": event.data,
    }


def _person(name: str) -> dict[str, Any]:
    return {
        "_id": f"{name:0>24.24}",
        "avatarUrl": f"/avatars/{name}.svg",
        "fullname": name,
        "name": name,
        "type": "user",
        "isPro": False,
        "isHf": False,
        "isMod": False,
    }
