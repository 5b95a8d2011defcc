"""Publish an edition: look at the Hub, decide, do it, until nothing is left to do."""

from typing import Protocol

from bot.converge import converge
from bot.publication.decide import Decision, decide, overall
from bot.publication.edition import Edition
from bot.publication.facts import HubFacts
from bot.publication.operations import Operation, needs_another_look
from bot.publication.outcome import Publication
from bot.retry import Retrying


class Pulls(Protocol):
    """The bot's pull requests on the Hub, as `bot.hub_api.pull_requests` knows them."""

    def load(self) -> HubFacts:
        """What is there."""
        ...

    def apply(self, operation: Operation) -> None:
        """Do one thing."""
        ...


def publish(pulls: Pulls, edition: Edition, retrying: Retrying) -> Publication:
    """Bring the Hub to hold the edition, and tell what it came to.

    Raises:
        CommandError: the card cannot be written, or the Hub does not let it happen.
    """
    decisions: list[Decision] = []

    def decided(facts: HubFacts) -> tuple[Operation, ...]:
        decisions.append(decide(facts, edition))
        return decisions[-1].operations

    converge(pulls.load, decided, pulls.apply, adds=needs_another_look, retrying=retrying)
    came_to = overall(decisions)
    return Publication(edition.model, edition.revision, came_to.pull, came_to.state, came_to.notes)
