"""When a pull request is checked again: its check was lost, or found problems that may be mended elsewhere by now."""

from bot.commanding.command import Command
from bot.commanding.facts import CommandFacts
from bot.commanding.operations import Dispatch
from bot.commanding.runs import VALIDATE
from bot.conversation.states import State

_AGAIN = frozenset({State.INVALID, State.SUPERSEDED})  # superseded: pushed back to where it was


def check_again(facts: CommandFacts) -> Dispatch:
    """Check the head: all configs of the pull request, of which nothing but the files is read."""
    return Dispatch(VALIDATE, {"pull": str(facts.pull.number), "sha": facts.pull.head_sha})


def unchecked(facts: CommandFacts, command: Command) -> frozenset[str]:
    """The configs among those that a command is about of which nothing good has been said at the head."""
    if facts.pull.state != "open":
        return frozenset()
    at_head = [one.marker for one in facts.comments if one.marker.sha == facts.pull.head_sha]
    checked = {marker.config for marker in at_head if marker.state not in _AGAIN}
    return frozenset(
        config for config in facts.submitted if command.config in {None, config}
    ) - frozenset(checked)
