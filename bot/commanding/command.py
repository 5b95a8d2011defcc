"""What a comment can ask for, as one table: the grammar, the answer to /help and docs/commands.md come from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

MOST_TASKS = 30


class Word(Enum):
    """The commands."""

    EVALUATE = "/evaluate"
    CANCEL = "/cancel"
    RETRY = "/retry"
    PUBLISH = "/publish"
    HELP = "/help"


@dataclass(frozen=True)
class Syntax:
    """What may follow a command, as people write it, and what the command does."""

    arguments: str
    does: str
    takes_model: bool = True
    takes_tasks: bool = False

    def shown(self, word: Word) -> str:
        """The whole line."""
        return f"{word.value} {self.arguments}".strip()


COMMANDS: Mapping[Word, Syntax] = MappingProxyType(
    {
        Word.EVALUATE: Syntax(
            "[--smoke] [org/name] [TASK…]",
            "evaluates the commit that the bot's comment names: all of the config or only the tasks named; "
            "`--smoke` only sees whether the model loads and encodes",
            takes_tasks=True,
        ),
        Word.CANCEL: Syntax("[org/name]", "stops what waits or runs for this pull request"),
        Word.RETRY: Syntax(
            "[org/name]",
            "does again what failed or got lost: checks, tells of a run, evaluates as was asked, publishes, "
            "accepts",
        ),
        Word.PUBLISH: Syntax(
            "[org/name]",
            "proposes the scores to the model's repository on the Hub, again if need be",
        ),
        Word.HELP: Syntax("", "shows this table", takes_model=False),
    }
)


@dataclass(frozen=True)
class Command:
    """What was asked for. `model` None: of every config of the pull request; `tasks` are unique and sorted."""

    word: Word
    model: str | None = None
    smoke: bool = False
    tasks: tuple[str, ...] = ()

    @property
    def request(self) -> str:
        """What was asked for instead of the whole config, in its one form."""
        return " ".join([*(["--smoke"] if self.smoke else []), *self.tasks])

    @property
    def config(self) -> str | None:
        """The config that `model` names."""
        return f"models/{self.model}.yaml" if self.model else None


@dataclass(frozen=True)
class Misunderstood:
    """A comment that was meant as a command and is none; `why` is Markdown, within bounds."""

    why: str
