"""What the bot can do to a conversation."""

from dataclasses import dataclass

from bot.conversation.annotations import Annotation
from bot.conversation.states import CheckStatus, Conclusion, Label


@dataclass(frozen=True)
class CheckOutput:
    """All that a check run shows. `title` is plain text, `summary` Markdown.

    `annotations` None: whatever has been marked on the lines may stay there.
    """

    status: CheckStatus
    conclusion: Conclusion | None
    title: str
    summary: str
    annotations: tuple[Annotation, ...] | None = None
    details_url: str | None = None


@dataclass(frozen=True)
class CreateComment:
    """Say something for the first time."""

    body: str


@dataclass(frozen=True)
class EditComment:
    """Say something else in the same comment."""

    id: int
    body: str


@dataclass(frozen=True)
class DeleteComment:
    """Take away a comment that is there twice."""

    id: int


@dataclass(frozen=True)
class Minimise:
    """Fold a comment as outdated."""

    node_id: str


@dataclass(frozen=True)
class Unminimise:
    """Show a comment again."""

    node_id: str


@dataclass(frozen=True)
class CreateCheck:
    """Add a check run, which from then on is the one that people see.

    `marked_as`: an earlier run whose annotations it takes over.
    """

    output: CheckOutput
    marked_as: int | None = None


@dataclass(frozen=True)
class UpdateCheck:
    """Change a check run. `output` has no annotations: GitHub would add them to those it has."""

    id: int
    output: CheckOutput


@dataclass(frozen=True)
class AddLabel:
    """Put a label on the pull request, and into the repository if it is missing there."""

    label: Label


@dataclass(frozen=True)
class RemoveLabel:
    """Take one of the bot's own labels off the pull request."""

    name: str


Operation = (
    CreateComment
    | EditComment
    | DeleteComment
    | Minimise
    | Unminimise
    | CreateCheck
    | UpdateCheck
    | AddLabel
    | RemoveLabel
)


def adds(operation: Operation) -> bool:
    """Whether doing it twice would leave two things."""
    return isinstance(operation, CreateComment | CreateCheck)
