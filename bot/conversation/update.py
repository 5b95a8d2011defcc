"""Bring a conversation up to date with news: load facts, decide, apply, until nothing is left to do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.converge import converge
from bot.conversation.decide import decide
from bot.conversation.facts import ConversationFacts
from bot.conversation.news import News
from bot.conversation.operations import Operation, adds
from bot.conversation.wanted import Source, wanted
from bot.retry import Retrying


class Conversation(Protocol):
    """Where it takes place."""

    def load(self) -> ConversationFacts:
        """What is there now."""
        ...

    def apply(self, operation: Operation) -> None:
        """Do one thing."""
        ...


def update(
    conversation: Conversation,
    news: News,
    source: Source,
    retrying: Retrying,
    now: Callable[[], datetime],
) -> str:
    """Say the news where it is any, and return in plain words what became of it.

    The label is shared by all configs of a pull request, and each may have a bot of its own at work:
    where there are several, what was done is looked at again until nothing is left to do.

    Raises:
        CommandError: the service does not answer, or does not let us.
    """
    whys: list[str] = []
    shared = False

    def decided(facts: ConversationFacts) -> Sequence[Operation]:
        nonlocal shared
        shared = any(one.marker.config != news.subject.config for one in facts.comments)
        planned = wanted(facts, news, source, now())
        whys.append(planned.why)
        return decide(facts, news.subject.config, planned)

    def unsettled(operation: Operation) -> bool:
        return shared or adds(operation)

    converge(conversation.load, decided, conversation.apply, adds=unsettled, retrying=retrying)
    return whys[0]  # what was said is no news any more when it is looked at again
