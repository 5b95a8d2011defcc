"""Every sentence of the answers, as Markdown: named after what happened. Names from outside stand in code spans."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.commanding.command import COMMANDS, Word
from bot.conversation.states import State
from bot.markdown import code, table

CHANGED = (
    "What the bot says of it changed after that was asked, or in the same second, so what was asked for may "
    "not be what was looked at. Look at it, and ask again."
)
MOVED = (
    "The pull request has another head than the commit that the bot's comment is about. Wait until the new "
    "commit is checked, look at it, and ask again. If no check comes, `/retry` starts one."
)
EDITED = (
    "That comment was edited after it was written. Commands are read from comments as they were written: "
    "write a new one."
)
STRANGER = (
    "Only maintainers of this repository start, stop and publish evaluations. One of them will look at this "
    "pull request; nothing more has to be done here."
)
NOTHING_SAID = (
    "The bot has said nothing of a model config in this pull request yet. If it brings one and no check comes, "
    "`/retry` starts one."
)
CHECKING = "**Checking again.** The comment on each model says what was found."
NOTHING_LEFT = (
    "Nothing is left to evaluate: each model of this pull request has been evaluated, runs, or cannot run "
    "yet. Name one to have it evaluated again: `/evaluate org/name`."
)
STOPPED = "**Stopped.** What waited or ran for it has been cancelled; the comment on each model says how it ended."
NOTHING_RUNS = "Nothing waits or runs."
NOTHING_FAILED = (
    "Nothing has failed there that could be tried again. `/evaluate` starts an evaluation."
)
ACCEPTING = (
    "**Accepting again.** The results of the merged commit are brought to the default branch."
)
NOTHING_TO_PUBLISH = "There are no scores to publish: `/evaluate` first."
NEVER_PUBLISHED = (
    "The settings of this repository say that nothing is published (`publish: {on: never}`)."
)
REQUEST_UNKNOWN = (
    "Which tasks the last run was asked for is not known any more. Name them: `/evaluate TASK…`."
)
UNDER_WAY = "An evaluation of this commit waits or runs already; `/cancel` stops it."
_MAY_NOT_START: Mapping[State, str] = MappingProxyType(
    {
        State.INVALID: "Its config has problems that must be mended first: see the comment on it.",
        State.SUPERSEDED: "The comment on it is about a commit that a push replaced: wait for the next check.",
        State.QUEUED: UNDER_WAY,
        State.RUNNING: UNDER_WAY,
    }
)


def may_not_start(state: State) -> str:
    """No run may start from this state."""
    return _MAY_NOT_START[state]


def not_open(state: str) -> str:
    """Nothing is evaluated for a pull request that is merged or closed."""
    return f"This pull request is {state}."


def unreadable() -> str:
    """The config at the head is not valid, whatever was said of it."""
    return "Its config cannot be read at this commit as a valid one."


def no_such_model(model: str, guess: str | None) -> str:
    """The pull request holds no config of that model."""
    meant = f" Did you mean {code(guess)}?" if guess else ""
    return f"This pull request holds no config of {code(model, 200)}.{meant}"


def no_such_task(task: str, guess: str | None) -> str:
    """The config asks for no such task."""
    meant = f" Did you mean {code(guess)}?" if guess else ""
    return f"The config does not ask for a task {code(task, 200)}.{meant}"


def reading_again(run: int) -> str:
    """A run ended, and its report got lost: reading it costs no machine's time."""
    return (
        f"**Reading run {run} again.** It has ended, and what it left will be told in the comment. If that cannot "
        "be had any more, `/evaluate` measures again."
    )


def publishing(run: int) -> str:
    """The scores go to the Hub."""
    return f"**Publishing the scores of run {run}.** The comment says what became of it."


def about(model: str, said: str) -> str:
    """One answer of several, each about a model."""
    return f"- {code(model)}: {said}"


def command_table() -> str:
    """All commands, what may follow them and what they do."""
    rows = [[code(syntax.shown(word)), syntax.does] for word, syntax in COMMANDS.items()]
    return table(["command", "what it does"], rows)


def help_() -> str:
    """The answer to /help."""
    return (
        f"{command_table()}\n\nA command is the first line of a new comment, written by a maintainer; "
        f"{code(Word.EVALUATE.value)} is about the commit that the bot's comment names."
    )
