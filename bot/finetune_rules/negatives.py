"""In-batch negatives where they are wrong: another row's passage is often of the same class. Pure."""

from collections.abc import Iterator

from bot.finetune_rules.asked import Asked
from bot.surroundings import Surroundings
from schemas.problem import Problem, shown

_RULE = "in-batch-false-negatives"
_CLUSTERED = frozenset({"symmetric_class", "symmetric_clustering"})
_FELL = (
    "In the published experiment (bge-small on AG News) accuracy fell by it from 0.7785 untrained to 0.7237; "
    "without, it rose to 0.8142"
)


def in_batch_negatives(asked: Asked, around: Surroundings) -> Iterator[Problem]:
    """Rows of classes or clusters do not take each other's passages for negatives."""
    groups = any(r.loss == "flag-embedding" for r in asked.recipes.values())
    for number, source in asked.sources.items():
        what = _classes(asked, number, around)
        place = ("finetune", "data", number, "in_batch_negatives")
        if not what or not source.in_batch_negatives:
            continue
        fix = "write `in_batch_negatives: false`, or delete the line"
        if not groups:
            message = "`in_batch_negatives` has no effect with `loss: label-aware`, which never takes texts of the same label for negatives"  # fmt: skip
            yield asked.document.key_problem(place, "setting-without-effect", message, fix)
            continue
        message = f"`in_batch_negatives: true` takes passages of other rows for negatives, and many of these have the same {what}. {_FELL}"  # fmt: skip
        yield asked.document.problem(place, _RULE, message, fix)


def mixed_batches(asked: Asked, around: Surroundings) -> Iterator[Problem]:
    """Batches of mixed rows have in-batch negatives, whatever the data says, so rows must be all of one kind."""
    for name, recipe in asked.recipes.items():
        if recipe.same_dataset or recipe.loss != "flag-embedding":
            continue
        place = asked.place(name, "same_dataset")
        fix = "write `same_dataset: true`, or delete the line"
        off = "`same_dataset: false` takes every other passage of the batch for a negative, whatever the data says"
        kinds = ((number, _classes(asked, number, around)) for number in asked.sources)
        if found := next(((number, what) for number, what in kinds if what), None):
            number, what = found
            source = shown(asked.sources[number].id or asked.path(number))
            message = f"{off}, and many of these have the same {what} in `{source}`. {_FELL}"
            yield asked.document.problem(place, _RULE, message, fix)
        elif len(asked.sources) > 1:
            message = f"{off}, and mixes {len(asked.sources)} data sets in it: passages of another one are told apart by their style alone"  # fmt: skip
            yield asked.document.problem(place, _RULE, message, fix)


def _classes(asked: Asked, number: int, around: Surroundings) -> str:
    """`label` or `cluster`, where rows have them."""
    source, file = asked.sources[number], around.training_files.get(number)
    if source.columns:
        return "label"
    kind = (file.type if file else None) or source.type
    if kind not in _CLUSTERED:
        return ""
    return "label" if kind == "symmetric_class" else "cluster"


RULES = (in_batch_negatives, mixed_batches)
