"""What is known when a command is decided on: frozen, read at the edge."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commanding.answer import OwnAnswer
from bot.commanding.command import Command
from bot.commanding.runs import EvaluationRun
from bot.conversation.facts import OwnComment, PullFacts
from schemas.settings import PublishOn


@dataclass(frozen=True)
class Asking:
    """Who asks, and when by GitHub's clock. `key` names the comment or the label's event, the same in every run.

    `head_sha` is the head that the event of a label saw; `label` is that label's name. `edited`: the
    comment is not as it was written.
    """

    key: str
    by: str
    pull: int
    at: datetime
    head_sha: str | None = None
    label: str | None = None
    edited: bool = False

    @property
    def approval(self) -> str:
        """How the run is told who asked: the number of the comment, or who set the label."""
        return f"label:{self.by}" if self.label else self.key.removeprefix("comment-")


@dataclass(frozen=True)
class ConfigFacts:
    """A config at the head of the pull request: the model's revision and the tasks it comes to.

    `revision` None: it cannot be read as a valid config. `tasks` None: a name in it is wrong.
    """

    revision: str | None
    tasks: Collection[str] | None = None


@dataclass(frozen=True)
class Earlier:
    """What somebody who may asked for last, before the command that is decided on."""

    key: str
    command: Command
    at: datetime


@dataclass(frozen=True)
class CommandFacts:
    """All of it. Of somebody who `may` not command, `runs` and `configs` are not looked up.

    `runs` are those of this pull request, the newest first; `configs` are by path. For `/retry` alone:
    `submitted`, the configs that the pull request adds or changes, and what was asked `earlier`.
    """

    asking: Asking
    may: bool
    pull: PullFacts
    comments: tuple[OwnComment, ...] = ()
    answers: tuple[OwnAnswer, ...] = ()
    runs: tuple[EvaluationRun, ...] = ()
    configs: Mapping[str, ConfigFacts] = field(default_factory=dict)
    publish_on: PublishOn = "merged"
    submitted: tuple[str, ...] = ()
    earlier: Earlier | None = None

    @property
    def answered(self) -> bool:
        """Whether this very command has its answer: then nothing is left to do about it."""
        return any(answer.to == self.asking.key for answer in self.answers)

    def runs_of(self, config: str, sha: str) -> tuple[EvaluationRun, ...]:
        """The runs of one config at one commit, the newest first."""
        return tuple(
            run for run in self.runs if (run.subject.config, run.subject.sha) == (config, sha)
        )
