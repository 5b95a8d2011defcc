"""Whether a report's training is the one that a config asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from bot.finetuned.data import Finetuned, Training
from bot.report import Report
from schemas.finetuning import Finetuning, HardNegatives, Recipe
from schemas.problem import shown
from schemas.submission import ModelConfig

_LEFT_TO_THE_BASE = frozenset({"pooling", "passage_max_length"})  # None there: whatever it has
_CUT_IN_SMOKE = frozenset({"epochs", "max_steps"})


def disagreement(report: Report, config: ModelConfig) -> str:
    """The first thing in which report and config disagree on training; empty where they agree.

    A run that ended before its first score need not tell of training.
    """
    tuned, asked = report.finetuned, config.finetune
    if tuned is None or asked is None:
        return _one_sided(report, config)
    return next(_disagreements(report, config, tuned, asked), "")


def _one_sided(report: Report, config: ModelConfig) -> str:
    if config.finetune is None:
        return "it tells of training, and the config asks for none" if report.finetuned else ""
    if any(outcome.scores for outcome in report.outcomes):
        return "it has scores, and tells nothing of the training that the config asks for"
    return ""


def _disagreements(
    report: Report, config: ModelConfig, tuned: Finetuned, asked: Finetuning
) -> Iterator[str]:
    if (tuned.base_model, tuned.base_revision) != (asked.base_model, config.revision):
        yield "it trained another base model, or another revision of it, than the config says"
    yield from _of_data(tuned, asked)
    for run in tuned.runs:
        yield from _of_run(run, asked, smoke=report.smoke)
    every = [(name, seed) for name in asked.variants for seed in asked.seeds]
    told = [(run.variant, run.seed) for run in tuned.runs]
    if told != [one for one in every if one in told]:
        yield "its trainings do not stand in the order in which the config asks for them"
    if set(every) - set(told) and report.status == "completed" and not report.smoke:
        yield "a variant that the config asks for was not trained with every seed"


def _of_data(tuned: Finetuned, asked: Finetuning) -> Iterator[str]:
    """A run may end before it has read any data."""
    told = [(one.name, one.revision, one.split) for one in tuned.data]
    wanted = [(one.name, one.revision, one.split if one.id else None) for one in asked.data]
    if told != wanted and (told or tuned.chosen):
        yield "it trained on other data sets than the config says, or on other splits of them"
    for one, source in zip(tuned.data, asked.data, strict=False):
        if source.rows is not None and one.trained > source.rows:
            yield f"it trained on more rows of {shown(one.name, 100)} than the config says"
    if tuned.held_out > asked.held_out:
        yield "it held more rows out than the config says"
    if tuned.contamination.left_out and asked.evaluated_rows == "refuse":
        yield "it left evaluated rows out, and the config says to refuse them"


def _of_run(run: Training, asked: Finetuning, *, smoke: bool) -> Iterator[str]:
    recipe = asked.variants.get(run.variant)
    where = f"the variant {shown(run.variant, 40)} with seed {run.seed}"
    if recipe is None or run.seed not in asked.seeds:
        yield f"it trained {where}, and the config asks for none"
    elif wrong := list(_other_settings(run.recipe, recipe, smoke=smoke)):
        yield f"{where} was trained with another {shown(', '.join(wrong), 200)} than the config says"


def _other_settings(told: Mapping[str, Any], recipe: Recipe, *, smoke: bool) -> Iterator[str]:
    names = {field.name for field in fields(Recipe)}
    yield from (name for name in told if name not in names)
    for name in sorted(names - (_CUT_IN_SMOKE if smoke else set())):
        wanted = setting(getattr(recipe, name))
        free = wanted is None and name in _LEFT_TO_THE_BASE
        if not free and not _same(told.get(name), wanted):
            yield name


def setting(value: Any) -> Any:
    """A setting of a recipe as a config writes it."""
    if isinstance(value, HardNegatives):
        return {"from": value.from_, "to": value.to}
    return value


def _same(told: Any, wanted: Any) -> bool:
    """True is no 1 here."""
    return bool(told == wanted) and isinstance(told, bool) is isinstance(wanted, bool)
