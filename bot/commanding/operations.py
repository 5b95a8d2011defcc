"""What the bot does about a command."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commanding.runs import EVALUATE
from bot.conversation.news import News


@dataclass(frozen=True)
class Dispatch:
    """Start a workflow of the default branch."""

    workflow: str
    inputs: Mapping[str, str]

    @property
    def starts_an_evaluation(self) -> bool:
        """Whether doing it twice would cost a machine's time; the other workflows find nothing left to do."""
        return self.workflow == EVALUATE


@dataclass(frozen=True)
class CancelRun:
    """Stop a run."""

    id: int


@dataclass(frozen=True)
class Say:
    """Bring the comment and the check run of one config up to date."""

    news: News


@dataclass(frozen=True)
class Answer:
    """Write a comment of its own. It comes after the deeds: what is answered is done."""

    body: str


@dataclass(frozen=True)
class RemoveLabel:
    """Take the label off that asked, so that it can ask again."""

    name: str


CommandOperation = Dispatch | CancelRun | Say | Answer | RemoveLabel


def adds(operation: CommandOperation) -> bool:
    """Whether all must be looked at again afterwards, as doing it twice would leave two things."""
    return isinstance(operation, Answer) or (
        isinstance(operation, Dispatch) and operation.starts_an_evaluation
    )
