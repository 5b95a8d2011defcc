"""The pull request template's checklist: ticked where a fact settles an item, else left to a person with a sentence."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from bot.markdown import code

_ITEM = re.compile(r"^(?P<indent>[ \t]*)[-*] \[[ xX]\] (?P<text>.*\S)[ \t]*$")
_LONGEST_TEMPLATE = 20_000  # characters
_LONGEST_FILLED = 24_000  # characters: the bot's part needs the other 40,000 of a pull request


@dataclass(frozen=True)
class SubmissionFacts:
    """What the checklist asks about. `loader` is how the model was loaded for the evaluation, if known."""

    model: str
    revision: str
    mteb_version: str
    registered: bool
    loader: str | None = None
    command: str | None = None
    training_data: tuple[str, ...] | None = None


def filled(template: str, facts: SubmissionFacts) -> str:
    """The template with a sentence below every item; an item is ticked only where a fact settles it.

    What would be longer than a pull request has room for is cut at a line.
    """
    lines: list[str] = []
    for line in template[:_LONGEST_TEMPLATE].replace("\r\n", "\n").strip("\n").split("\n"):
        item = _ITEM.match(line)
        if not item:
            lines.append(line)
            continue
        settled, sentence = _answer(item["text"].lower(), facts)
        lines.append(f"{item['indent']}- [{'x' if settled else ' '}] {item['text']}")
        lines.append(f"{item['indent']}  *{sentence}*")
    return _cut(lines)


def _cut(lines: list[str]) -> str:
    lengths = accumulate(len(line) + 1 for line in lines)
    return "\n".join(lines[: bisect_right(list(lengths), _LONGEST_FILLED)])


def _answer(item: str, facts: SubmissionFacts) -> tuple[bool, str]:
    """Whether an item is settled, and what there is to say. Items of unknown templates are left open."""
    for words, answer in _ANSWERS.items():
        if all(word in item for word in words):
            return answer(facts)
    return False, "Left to a person."


def _model_sheet(facts: SubmissionFacts) -> tuple[bool, str]:
    return False, f"The model card is at {_on_the_hub(facts)}; a person says whether it will do."


def _sworn(facts: SubmissionFacts) -> tuple[bool, str]:
    if facts.training_data is None:
        declared = "The submission declares no training data."
    elif facts.training_data:
        declared = f"Declared training data: {', '.join(map(code, facts.training_data[:50]))}."
    else:
        declared = "The submission declares that the model was not trained on any data set."
    return False, f"Only the submitter can swear this. {declared}"


def _obtained(facts: SubmissionFacts) -> tuple[bool, str]:
    if facts.loader == "mteb":
        return True, f"Loaded by mteb {facts.mteb_version} itself, at this revision."
    loaded = f"Loaded through {code(facts.loader)}" if facts.loader else "Loader unknown"
    repeat = f", repeated by {code(facts.command, 500)}" if facts.command else ""
    return False, f"{loaded}{repeat}; a person says whether that is the reference implementation."


def _existing_pull(facts: SubmissionFacts) -> tuple[bool, str]:
    if facts.registered:
        return False, "Not needed."
    return False, "Its number goes here once it is open."


def _registered(facts: SubmissionFacts) -> tuple[bool, str]:
    if facts.registered:
        return True, f"mteb {facts.mteb_version} has it."
    return False, (
        f"mteb {facts.mteb_version} does not have it. The checks here fail until it does; "
        "`mteb-runner model-meta` writes the `ModelMeta` to contribute."
    )


def _available(facts: SubmissionFacts) -> tuple[bool, str]:
    return False, f"Evaluated from {_on_the_hub(facts)}; a person says whether it stays public."


def _on_the_hub(facts: SubmissionFacts) -> str:
    return f"https://huggingface.co/{facts.model}/tree/{facts.revision}"


# The first row whose words all stand in an item answers it.
_ANSWERS: Mapping[tuple[str, ...], Callable[[SubmissionFacts], tuple[bool, str]]] = {
    ("swear",): _sworn,
    ("model sheet",): _model_sheet,
    ("existing pr",): _existing_pull,
    ("obtained", "reference implementation"): _obtained,
    ("reference implementation",): _registered,
    ("model implementation",): _registered,
    ("available",): _available,
}
