"""What `finetune` as a whole must keep: a base that can be trained, variants that differ, something to choose by. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from bot.finetune_rules.asked import Asked
from bot.sentences import counted
from bot.surroundings import Surroundings
from schemas.problem import Problem, shown

_LOADED_WHOLE = ("mteb", "entry-point")
_TRAINED = ("sentence-transformers", "flag-embedding")


def cannot_train(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Only what loads as a plain transformer can be trained."""
    load = asked.document.at("load", "with")
    if load in _LOADED_WHOLE:
        message = f"a model that is loaded with `{load}` cannot be trained here"
        fix = f"write `with: {_TRAINED[0]}` or `with: {_TRAINED[1]}`, or leave `finetune` out"
        yield asked.document.problem(("load", "with"), "cannot-train", message, fix)


def own_base(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """The tuned model has a name of its own, and is adapted from its base."""
    base, adapted = asked.wanted.base_model, asked.document.at("adapted_from")
    if base and base == asked.document.at("model"):
        message = "`finetune.base_model` is the model itself, so tuned and base model could not be told apart"
        fix = "give the tuned model an id of its own as `model`, and name the file after it"
        yield asked.document.problem(("finetune", "base_model"), "base-is-the-model", message, fix)
    elif base and isinstance(adapted, str) and adapted != base:
        message = (
            f"`adapted_from` is `{shown(adapted)}`, but the model is trained from `{shown(base)}`"
        )
        fix = f"write `adapted_from: {shown(base)}`, or delete the line"
        yield asked.document.problem(("adapted_from",), "adapted-from-another", message, fix)


def idle_variants(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Each variant is another training than the ones before it."""
    first: dict[object, str] = {}
    for name, recipe in asked.recipes.items():
        place = ("finetune", "variants", name)
        if asked.document.at(*place) == {}:
            message = f"the variant `{shown(name)}` changes nothing of the recipe"
            fix = "write what it changes; a setting that has the recipe's value makes the recipe itself a variant"
            yield asked.document.problem(place, "variant-changes-nothing", message, fix)
        elif (earlier := first.setdefault(recipe, name)) != name:
            message = f"the variant `{shown(name)}` is the same training as `{shown(earlier)}`"
            yield asked.document.key_problem(place, "variants-alike", message, "delete one of the two")  # fmt: skip


def nothing_to_choose_by(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Of several trainings the best on held-out rows is taken, never the best on what is evaluated."""
    variants, seeds = len(asked.recipes), len(asked.wanted.seeds)
    if variants * seeds == 1 or not asked.complete:
        return
    several = f"{counted(variants, 'variant')} with {counted(seeds, 'seed')}"
    if asked.wanted.held_out == 0:
        message = f"`held_out: 0` leaves nothing to choose by among {several}"
        fix = "write how many labelled rows to hold out, or delete the line (200); or name one variant and one seed"
        yield asked.document.problem(("finetune", "held_out"), "nothing-to-choose-by", message, fix)
    elif asked.unlabelled:
        message = f"rows without labels ({_items(asked.unlabelled)}) leave nothing to choose by among {several}: the first is taken, whatever its scores"  # fmt: skip
        fix = "put first what is to be submitted, or name one variant and one seed"
        key = "variants" if variants > 1 else "seeds"
        problem = asked.document.problem(("finetune", key), "nothing-to-choose-by", message, fix)
        yield replace(problem, severity="warning")


def labels_missing(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """What compares or mines by labels has labels; what distils has scores."""
    for name, recipe in asked.recipes.items():
        if recipe.loss == "label-aware" and asked.unlabelled:
            message = f"`loss: label-aware` compares texts by their labels, and {_items(asked.unlabelled)} has no `columns` that name them"  # fmt: skip
            fix = "name the `columns` of text and label there, or write `loss: flag-embedding`"
            yield asked.document.problem(asked.place(name, "loss"), "labels-missing", message, fix)
        if recipe.loss != "flag-embedding":
            continue
        labelled = [number for number in asked.sources if number not in asked.unlabelled]
        if recipe.hard_negatives and asked.complete and asked.sources and not labelled:
            message = "`hard_negatives` are texts of other labels, and no item of `finetune.data` has labels"
            fix = "name the `columns` of text and label, or delete it: rows of FlagEmbedding's bring their negatives"
            place = asked.place(name, "hard_negatives")
            yield asked.document.key_problem(place, "labels-missing", message, fix)
        if recipe.knowledge_distillation and labelled:
            message = f"`knowledge_distillation` learns `pos_scores` and `neg_scores`, and rows with labels have none: {_items(labelled)}"  # fmt: skip
            fix = "delete it, or give FlagEmbedding's own rows with scores in place of `columns`"
            place = asked.place(name, "knowledge_distillation")
            yield asked.document.problem(place, "scores-missing", message, fix)


def _items(numbers: list[int]) -> str:
    """`item 2 of `finetune.data``: the first, which is enough to begin with."""
    return f"item {numbers[0] + 1} of `finetune.data`"


RULES = (cannot_train, own_base, idle_variants, nothing_to_choose_by, labels_missing)
