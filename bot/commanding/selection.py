"""Which configs of a pull request a command is about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.commanding import wording
from bot.commanding.command import Command
from bot.commanding.facts import CommandFacts
from bot.commanding.operations import CommandOperation
from bot.conversation.facts import OwnComment
from bot.conversation.subject import Subject
from schemas.problem import nearest


@dataclass(frozen=True)
class Outcome:
    """What becomes of a command for one config, or for all: deeds, and what is said about them, if anything."""

    operations: tuple[CommandOperation, ...] = ()
    said: str = ""


def subject_of(facts: CommandFacts, comment: OwnComment) -> Subject:
    """What a comment of the bot is about."""
    return Subject(facts.pull.number, comment.marker.sha, comment.marker.config)


def chosen(facts: CommandFacts, command: Command) -> list[OwnComment] | Outcome:
    """The bot's comment on each config that the command is about, or why there is none.

    Without a model: every config that has been spoken of at the head.
    """
    of_config = {one.marker.config: one for one in reversed(facts.comments)}
    if command.config:
        found = of_config.get(command.config)
        return [found] if found else Outcome(said=_no_such_model(command, of_config))
    if not of_config:
        return Outcome(said=wording.NOTHING_SAID)
    at_head = [one for one in of_config.values() if one.marker.sha == facts.pull.head_sha]
    return sorted(at_head, key=lambda one: one.id) or Outcome(said=wording.MOVED)


def for_each(comments: Iterable[OwnComment], decide: Callable[[OwnComment], Outcome]) -> Outcome:
    """One outcome for all; where there are several, each sentence says which model it is about."""
    outcomes = [(one, decide(one)) for one in comments]
    said = [(one, outcome.said) for one, outcome in outcomes if outcome.said]
    text = "\n".join(
        wording.about(_model(one), sentence) if len(outcomes) > 1 else sentence
        for one, sentence in said
    )
    return Outcome(tuple(deed for _, outcome in outcomes for deed in outcome.operations), text)


def _model(comment: OwnComment) -> str:
    return comment.marker.config.removeprefix("models/").removesuffix(".yaml")


def _no_such_model(command: Command, configs: Iterable[str]) -> str:
    models = [one.removeprefix("models/").removesuffix(".yaml") for one in configs]
    model = command.model or ""
    return wording.no_such_model(model, nearest(model, models))
