"""What a rule comes to for one model."""

from dataclasses import dataclass, replace
from enum import Enum


class State(Enum):
    """Whether the public can see it: yes, no, or not yet and nobody has to act."""

    OK = "ok"
    NOT_OK = "not ok"
    TOO_EARLY = "too early"


@dataclass(frozen=True)
class Finding:
    """A state and one sentence. `fix` stands in for the rule's own.

    `mendable` tells that publishing (again) mends it: where the bot's pull request waits, it is too
    early to judge.
    """

    state: State
    message: str
    fix: str = ""
    mendable: bool = False

    def waiting_for(self, number: int) -> "Finding":
        """The same while the pull request that would mend it is open."""
        message = f"{self.message}; pull request #{number} waits"
        return replace(self, state=State.TOO_EARLY, message=message, fix="")


def ok(message: str) -> Finding:
    """Anyone can see it."""
    return Finding(State.OK, message)


def not_ok(message: str, *, fix: str = "", mendable: bool = False) -> Finding:
    """Somebody has to act."""
    return Finding(State.NOT_OK, message, fix, mendable)


def too_early(message: str, *, fix: str = "") -> Finding:
    """Only time, or a person who has been asked, can tell."""
    return Finding(State.TOO_EARLY, message, fix)
