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

    Raises:
        CommandError: the service does not answer, or does not let us.
    """
    whys: list[str] = []

    def decided(facts: ConversationFacts) -> Sequence[Operation]:
        planned = wanted(facts, news, source, now())
        whys.append(planned.why)
        return decide(facts, news.subject.config, planned)

    converge(conversation.load, decided, conversation.apply, adds=adds, retrying=retrying)
    return whys[0]  # what was said is no news any more when it is looked at again
