"""From what is known and what was asked to what the bot does: pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.commanding import wording
from bot.commanding.again import cancel, publish, retry
from bot.commanding.answer import OwnAnswer
from bot.commanding.command import Command, Misunderstood, Word
from bot.commanding.facts import CommandFacts, ConfigFacts
from bot.commanding.operations import Answer, CommandOperation, Dispatch, RemoveLabel
from bot.commanding.selection import Outcome
from bot.commanding.starting import evaluate

MOST_STRANGERS = 3  # answers to people who may not command, in one pull request
_WAYS: Mapping[Word, Callable[[CommandFacts, Command], Outcome]] = {
    Word.EVALUATE: evaluate,
    Word.CANCEL: cancel,
    Word.RETRY: retry,
    Word.PUBLISH: publish,
    Word.HELP: lambda _facts, _command: Outcome(said=wording.help_()),
}


def decide(facts: CommandFacts, command: Command | Misunderstood) -> list[CommandOperation]:
    """What is left to do about a command, the answer last: a command that has its answer is done."""
    if facts.answered:
        return _label_off(facts)
    if not facts.may:
        return [*_to_a_stranger(facts, command), *_label_off(facts)]
    outcome = _outcome(facts, command)
    answer = [_answer(facts, outcome.said)] if outcome.said else []
    return [*outcome.operations, *answer, *_label_off(facts)]


def configs_to_read(facts: CommandFacts, command: Command | Misunderstood) -> list[str]:
    """The configs whose revision and tasks matter: an evaluation of them would start."""
    if facts.answered or not facts.may:
        return []
    every = {one.marker.config: ConfigFacts("0" * 40) for one in facts.comments}
    supposed = replace(facts, configs=every)
    return [
        one.inputs["config"]
        for one in decide(supposed, command)
        if isinstance(one, Dispatch) and one.starts_an_evaluation
    ]


def _outcome(facts: CommandFacts, command: Command | Misunderstood) -> Outcome:
    if isinstance(command, Misunderstood):
        return Outcome(said=command.why)
    if facts.asking.edited:
        return Outcome(said=wording.EDITED)
    return _WAYS[command.word](facts, command)


def _to_a_stranger(facts: CommandFacts, command: Command | Misunderstood) -> list[CommandOperation]:
    """One answer to each, and a few in all: nobody makes the bot flood a pull request."""
    stranger = facts.asking.by.lower()
    had = [answer.stranger for answer in facts.answers if answer.stranger]
    if stranger in had or len(had) >= MOST_STRANGERS:
        return []
    asks_for_help = isinstance(command, Command) and command.word is Word.HELP
    said = wording.help_() if asks_for_help else wording.STRANGER
    return [_answer(facts, said, stranger)]


def _answer(facts: CommandFacts, said: str, stranger: str | None = None) -> Answer:
    return Answer(f"{OwnAnswer(facts.asking.key, stranger).line()}\n{said}")


def _label_off(facts: CommandFacts) -> list[CommandOperation]:
    label = facts.asking.label
    there = label is not None and label in facts.pull.labels
    return [RemoveLabel(label)] if label and there else []
