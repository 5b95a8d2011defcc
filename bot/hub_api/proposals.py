"""The bot's pull request in a model's repository, as anyone sees it."""

from itertools import islice

from huggingface_hub import Discussion, DiscussionComment

from bot.hub_api.connection import HubConnection, HubRefused
from bot.publication.description import TITLE
from bot.publication.facts import MARKER
from bot.verification.facts import OPEN, HubPull

MOST_LISTED = 50  # newest first, ten a request
MOST_OPENED = 5  # one request each
_DISABLED = 403


def own_proposal(hub: HubConnection, model: str) -> HubPull | None:
    """The pull request with the bot's title and, in its first comment, the bot's marker: an open one, else the newest.

    Who the bot is on the Hub is not known to everyone who verifies, so its author is not asked for.

    Raises:
        ServiceAtFault: the Hub does not answer as it should.
    """
    try:
        candidates = hub.read(lambda: _titled(hub, model))
    except HubRefused as error:
        if error.status == _DISABLED:  # the owner switched discussions off: nothing waits there
            return None
        raise
    return next((pull for pull in candidates if _is_ours(hub, model, pull.number)), None)


def _titled(hub: HubConnection, model: str) -> list[HubPull]:
    listed = hub.api.get_repo_discussions(model, discussion_type="pull_request")
    found = [_pull(each) for each in islice(listed, MOST_LISTED) if each.title == TITLE]
    return sorted(found, key=lambda pull: pull.status not in OPEN)[:MOST_OPENED]


def _pull(discussion: Discussion) -> HubPull:
    return HubPull(discussion.num, discussion.status, discussion.url)


def _is_ours(hub: HubConnection, model: str, number: int) -> bool:
    details = hub.read(lambda: hub.api.get_discussion_details(model, number))
    first = next((e for e in details.events if isinstance(e, DiscussionComment)), None)
    return first is not None and MARKER in first.content
