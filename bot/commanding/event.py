"""The event that started the workflow, as GitHub describes it in a file: strictly read, nothing believed that the API can say."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversation.marker import is_login
from bot.conversation.subject import is_sha
from schemas.errors import UsageError

MAX_BYTES = 30 * 2**20  # GitHub's own limit of a payload is 25 MB
START_LABEL = "evaluate"
_LARGEST_PULL, _LARGEST_COMMENT = 2**31 - 1, 2**53
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class CannotReadEvent(UsageError):
    """What GITHUB_EVENT_PATH holds is no event of the kind that GITHUB_EVENT_NAME says."""


@dataclass(frozen=True)
class CommentEvent:
    """Somebody wrote a comment on a pull request; what it says is read from the API."""

    pull: int
    comment: int


@dataclass(frozen=True)
class LabelEvent:
    """Somebody set the label that starts evaluations; `at` is when, `head_sha` the head by then."""

    pull: int
    by: str
    head_sha: str
    at: datetime


def event_from(name: str, data: Any) -> CommentEvent | LabelEvent | None:
    """The event that is ours; None: another label, a comment that was edited or is not on a pull request.

    Raises:
        CannotReadEvent: it has another shape than GitHub's.
    """
    try:
        if name == "issue_comment":
            return _comment(data)
        if name == "pull_request_target":
            return _label(data)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotReadEvent(
            f"GITHUB_EVENT_PATH holds no event `{name}` as GitHub describes it",
            "run this in a workflow on issue_comment or pull_request_target",
        ) from error
    raise CannotReadEvent(
        "GITHUB_EVENT_NAME is neither issue_comment nor pull_request_target",
        "run this in a workflow on one of these",
    )


def _comment(data: Any) -> CommentEvent | None:
    if data["action"] != "created" or not data["issue"].get("pull_request"):
        return None
    return CommentEvent(
        _number(data["issue"]["number"], _LARGEST_PULL),
        _number(data["comment"]["id"], _LARGEST_COMMENT),
    )


def _label(data: Any) -> LabelEvent | None:
    if data["action"] != "labeled" or data["label"]["name"] != START_LABEL:
        return None
    pull, by = data["pull_request"], data["sender"]["login"]
    sha, at = pull["head"]["sha"], pull["updated_at"]
    if not is_login(by) or not is_sha(sha) or not _TIME.fullmatch(at):
        raise ValueError(at)
    return LabelEvent(_number(data["number"], _LARGEST_PULL), by, sha, datetime.fromisoformat(at))


def _number(value: Any, largest: int) -> int:
    if type(value) is not int or not 0 < value <= largest:
        raise ValueError(value)
    return value
