"""Recipes that train nothing, or not what they say. Pure; settings of a recipe that all variants share are told once."""

from collections.abc import Iterator
from dataclasses import replace

from bot.finetune_rules.asked import Asked
from bot.surroundings import Surroundings
from schemas.finetuning import Recipe
from schemas.problem import Problem

_BATCH = Recipe().batch_size
_GROUPS = "which has no groups of passages: it compares every text of a batch with all others"
_WITHOUT_EFFECT = {
    "label-aware": {
        "same_dataset": "which never takes texts of the same label for negatives, whatever they come from",
        "group_size": _GROUPS,
        "passage_max_length": _GROUPS,
        "passage_instruction": _GROUPS,
        "hard_negatives": _GROUPS,
        "knowledge_distillation": "which learns from labels, not from scores",
        "distillation_loss": "which learns from labels, not from scores",
    },
    "flag-embedding": {
        "positives": "which takes one positive for each query",
        "texts_per_label": "which draws a batch from all rows alike",
    },
}
_OTHER = {"label-aware": "flag-embedding", "flag-embedding": "label-aware"}


def settings_without_effect(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Every setting matters to a loss that it is used with; one of the recipe to that of at least one variant."""
    recipes = asked.recipes
    for name, recipe in recipes.items():
        for key, reason in _WITHOUT_EFFECT[recipe.loss].items():
            place = asked.place(name, key)
            used = [r.loss for n, r in recipes.items() if asked.place(n, key) == place]
            if asked.writes(name, key) and set(used) == {recipe.loss}:
                message = f"`{key}` has no effect with `loss: {recipe.loss}`, {reason}"
                fix = f"delete it, or write `loss: {_OTHER[recipe.loss]}`"
                yield asked.document.key_problem(place, "setting-without-effect", message, fix)
        if asked.writes(name, "distillation_loss") and recipe.loss == "flag-embedding":
            yield from _distillation_loss(asked, name)


def _distillation_loss(asked: Asked, variant: str) -> Iterator[Problem]:
    place = asked.place(variant, "distillation_loss")
    recipes = asked.recipes
    if not any(r.knowledge_distillation for n, r in recipes.items() if asked.place(n, "distillation_loss") == place):  # fmt: skip
        message = "`distillation_loss` has no effect without `knowledge_distillation: true`"
        fix = "delete it, or write `knowledge_distillation: true`"
        yield asked.document.key_problem(place, "setting-without-effect", message, fix)


def batches_of_one(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """A batch of one compares nothing, and is what halving 3 for a symmetric type leaves."""
    for name, recipe in asked.recipes.items():
        if recipe.batch_size > 1:
            continue
        place = asked.place(name, "batch_size")
        if recipe.loss == "label-aware":
            message = "`batch_size: 1` leaves each text nothing to be compared with"
            fix = f"write `batch_size: {_BATCH}`, or what memory allows"
            yield asked.document.problem(place, "batch-of-one", message, fix)
            continue
        message = (
            "with `batch_size: 1` a step sees one query and its own passages, which is slow and rarely meant: "
            "FlagEmbedding halves the batch of types that are called symmetric (3 // 2 = 1), here it is not halved"
        )
        fix = f"write how many queries a step is to see, for example `batch_size: {_BATCH}`; leave it if it is to be 1"
        problem = asked.document.problem(place, "batch-of-one", message, fix)
        yield replace(problem, severity="warning")


def batches_of_one_label(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """A batch has room for two labels: a text without another label beside it learns nothing."""
    for name, recipe in asked.recipes.items():
        together, size = recipe.texts_per_label, recipe.batch_size
        if recipe.loss != "label-aware" or size < 2 or 2 * together <= size or together < 2:  # noqa: PLR2004
            continue
        key = "texts_per_label" if asked.writes(name, "texts_per_label") else "batch_size"
        said = asked.said(name, "texts_per_label", together)
        more = "more than" if together > size else "more than half of"
        message = f"{said}, {more} the batch of {size}: no other label has room in it, so nothing is told apart"
        fix = f"write `batch_size: {2 * together}` or more, or a smaller `texts_per_label`"
        yield asked.document.problem(asked.place(name, key), "batch-of-one-label", message, fix)


def upside_down_ranks(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Hard negatives are drawn from a nearer rank to a farther one."""
    for name, recipe in asked.recipes.items():
        ranks = recipe.hard_negatives
        if ranks and ranks.from_ >= ranks.to:
            message = f"`hard_negatives` are drawn from rank {ranks.from_} to rank {ranks.to}, which is none at all"
            fix = "write the nearer rank as `from`, for example `from: 10` and `to: 100`"
            place = (*asked.place(name, "hard_negatives"), "from")
            yield asked.document.problem(place, "upside-down-range", message, fix)


def other_pooling(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Training pools as evaluation does; FlagEmbedding takes `cls` unless told."""
    load = asked.document.at("load")
    settings = load if isinstance(load, dict) else {}
    own = settings.get("pooling") or ("cls" if settings.get("with") == "flag-embedding" else None)
    for name, recipe in asked.recipes.items():
        if isinstance(own, str) and recipe.pooling and recipe.pooling != own:
            says = f"`load.pooling` is `{own}`" if settings.get("pooling") else "FlagEmbedding evaluates with `cls` unless told"  # fmt: skip
            message = f"`pooling: {recipe.pooling}` trains other vectors than are evaluated: {says}"
            fix = "delete it: training then pools as the base model does"
            place = asked.place(name, "pooling")
            yield asked.document.problem(place, "training-pooling-differs", message, fix)


def beyond_longest_input(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """What is longer than evaluation reads is not trained on."""
    longest = asked.document.at("load", "max_length")
    if not isinstance(longest, int) or isinstance(longest, bool):
        return
    for name, recipe in asked.recipes.items():
        lengths = {"query_max_length": recipe.query_max_length}
        if recipe.loss == "flag-embedding" and recipe.passage_max_length:
            lengths["passage_max_length"] = recipe.passage_max_length
        for key, length in lengths.items():
            if length > longest:
                said = asked.said(name, key, length)
                message = f"{said}, but the model is evaluated on {longest} tokens at most (`load.max_length`)"
                fix = f"write `{key}: {longest}` or less, or raise `load.max_length`"
                place = asked.place(name, key)
                yield asked.document.problem(place, "trained-beyond-max-length", message, fix)


RULES = (
    settings_without_effect,
    batches_of_one,
    batches_of_one_label,
    upside_down_ranks,
    other_pooling,
    beyond_longest_input,
)
