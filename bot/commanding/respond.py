"""Follow a command: load facts, decide, apply, until nothing is left to do."""

from collections.abc import Sequence
from typing import Protocol

from bot.commanding.command import Command, Misunderstood
from bot.commanding.decide import decide
from bot.commanding.facts import CommandFacts
from bot.commanding.operations import (
    Answer,
    CancelRun,
    CommandOperation,
    Dispatch,
    RemoveLabel,
    Say,
    adds,
)
from bot.converge import converge
from bot.retry import Retrying


class Commanded(Protocol):
    """Where a command was given."""

    def load(self) -> CommandFacts:
        """What is there now."""
        ...

    def apply(self, operation: CommandOperation) -> None:
        """Do one thing."""
        ...


def respond(
    place: Commanded, command: Command | Misunderstood, retrying: Retrying
) -> Sequence[str]:
    """Do what is left to do about a command, and return in plain words what was done.

    Raises:
        CommandError: the service does not answer, or does not let us.
    """
    done: list[str] = []

    def apply(operation: CommandOperation) -> None:
        place.apply(operation)
        done.append(_told(operation))

    converge(place.load, lambda facts: decide(facts, command), apply, adds=adds, retrying=retrying)
    return done


def _told(operation: CommandOperation) -> str:
    match operation:
        case Dispatch(workflow, inputs):
            return f"started {workflow}: {' '.join(filter(None, inputs.values()))}"
        case CancelRun(number):
            return f"stopped run {number}"
        case Say(news):
            return f"said of {news.subject.config}: {news.state.value}"
        case Answer():
            return "answered"
        case RemoveLabel(name):
            return f"took the label {name} off"
