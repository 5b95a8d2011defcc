"""What the bot says of a model that was trained first, sentence by sentence."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from bot.finetuned.agreement import setting
from bot.finetuned.data import Finetuned
from bot.markdown import code
from bot.sentences import counted
from schemas.finetuning import Recipe

MARKED = re.compile(
    r"trained on [0-9,]+ rows? of the evaluation data"
)  # what `contamination_mark` says
_NEVER = "its scores in the evaluation play no part in that"
_MOST_EXAMPLES = 5
_MOST_CHECKED = 10


def contamination_mark(tuned: Finetuned | None) -> str:
    """What every output of a model carries that was trained on evaluation data; empty where it was not."""
    rows = tuned.trained_on_evaluation if tuned else 0
    return f"trained on {counted(rows, 'row')} of the evaluation data" if rows else ""


def contamination_warning(tuned: Finetuned | None) -> str:
    """The same as a sentence in bold, with what it means; empty where it was not."""
    mark = contamination_mark(tuned)
    return f"**{mark.capitalize()}: its scores there say little of other texts.**" if mark else ""


def training_name(variant: str, seed: int) -> str:
    """One training, as Markdown."""
    return f"training of {code(variant, 40)} with seed {seed}"


def choice(tuned: Finetuned) -> str:
    """Which training became the model, and by what."""
    chosen = tuned.chosen
    if chosen is None:
        return "No training ended, so there is no tuned model."
    which = f"{code(chosen.variant, 40)} with seed {chosen.seed}"
    if chosen.by == "only":
        return f"The tuned model is {which}, the only training that ended."
    ended = len(tuned.ended)
    why = {
        "held_out": f"chosen of {ended} trainings for its score on {counted(tuned.held_out, 'row')} held out of training",
        "first": f"the first of {ended} trainings, as no rows were held out to choose by",
    }[chosen.by]
    return f"The tuned model is {which}, {why}; {_NEVER}."


def trained_from(tuned: Finetuned) -> str:
    """What the model was made of, in one sentence."""
    rows = counted(sum(one.trained for one in tuned.data), "row")
    named = ", ".join(code(one.name) for one in tuned.data[:_MOST_CHECKED])
    more = len(tuned.data) - _MOST_CHECKED
    data = named + (f" and {more:,} more" if more > 0 else "")
    return f"Fine-tuned from {code(tuned.base_model)} at {code(tuned.base_revision)} on {rows} of {data}."


def recipe_changes(told: Mapping[str, Any]) -> str:
    """A recipe as its differences from the defaults."""
    changes = list(_changes(told))
    return ", ".join([*changes, "all else as by default"])


def _changes(told: Mapping[str, Any]) -> Iterator[str]:
    """`loss` is always told: its default hangs on the data."""
    defaults = {field.name: setting(field.default) for field in fields(Recipe)}
    for name, value in told.items():
        if name == "loss" or value != defaults.get(name):
            yield f"{code(name, 60)} {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ", ".join(f"{code(key, 60)} {_value(each)}" for key, each in value.items()) or "on"
    return (
        "none" if value is None else code(f"{value:g}" if isinstance(value, float) else str(value))
    )


def contamination(tuned: Finetuned) -> str:
    """What came of looking for evaluation data among the training texts."""
    found = tuned.contamination
    if not found.checked:
        return "not looked for: the texts of no task were at hand"
    more = len(found.checked) - _MOST_CHECKED
    tasks = ", ".join(code(name) for name in found.checked[:_MOST_CHECKED])
    among = f"among the texts of {tasks}" + (f" and {more:,} more" if more > 0 else "")
    if not found.rows:
        left = found.left_out
        without = f"; {counted(left, 'row')} left out because of that" if left else ""
        return f"no training text {among}, compared without case, punctuation and spacing, of retrieval tasks the queries alone{without}"
    examples = ", ".join(code(text, 100) for text in found.examples[:_MOST_EXAMPLES])
    shown = f", for example {examples}" if examples else ""
    return f"**{counted(found.rows, 'training row')}** {among}{shown}"
