"""How long training may take, estimated as evaluating is (bot/planning/estimate.py), and no better.

A backward pass takes about twice the operations of a forward pass (Kaplan and others 2020, arXiv:2001.08361,
section 2.1), and activations that are not kept take one forward pass more. Hence, for each variant and seed,

    seconds = texts / TEXTS_PER_SECOND + passes * 2 * parameters * tokens / operations a second

where a row is one text with the label-aware loss, and a query with its group of passages with FlagEmbedding's own. What is
not known is assumed: how long texts are (ASSUMED_SIZE, cut at the recipe's lengths) and how many rows a data set of
the Hub has, unless `rows` says it. Held-out scores, hard negatives and several GPUs are left out.
"""

from collections.abc import Sequence
from itertools import chain, repeat

from bot.planning.estimate import ASSUMED_SIZE, CHARACTERS, TEXTS_PER_SECOND, Machine
from schemas.finetuning import Finetuning, Recipe

ASSUMED_ROWS = 35_000  # of a data set: between Banking77 (10,003) and AG News (120,000), by ratio
LONGEST = 1e9  # seconds; what is beyond it is no estimate any more
_PASSES, _PASSES_TWICE = 3, 4  # forward and backward; activations computed twice
_SMOKE_STEPS = 3  # as many as the runner takes
_TOKENS = ASSUMED_SIZE[1] / ASSUMED_SIZE[0] / CHARACTERS  # of a text


def trained_models(finetune: Finetuning | None) -> int:
    """How many models are trained: every variant once for every seed."""
    return len(finetune.variants) * len(finetune.seeds) if finetune else 0


def training_seconds(
    finetune: Finetuning, rows: Sequence[int | None], machine: Machine, *, smoke: bool = False
) -> float:
    """Estimated seconds to train every variant with every seed; `rows` are those of each data set, where known."""
    every = sum(
        known if known is not None else ASSUMED_ROWS
        for known in map(
            _fewest, (source.rows for source in finetune.data), chain(rows, repeat(None))
        )
    )
    once = sum(_seconds(recipe, every, machine, smoke) for recipe in finetune.variants.values())
    return round(min(once * len(finetune.seeds), LONGEST), 1)


def _fewest(*known: int | None) -> int | None:
    return min((number for number in known if number is not None), default=None)


def _seconds(recipe: Recipe, rows: int, machine: Machine, smoke: bool) -> float:
    step = recipe.gradient_accumulation * recipe.batch_size
    taken = recipe.epochs * rows if recipe.max_steps is None else recipe.max_steps * step
    if smoke:
        taken = min(taken, _SMOKE_STEPS * step)
    texts, tokens = _of_row(recipe)
    passes = _PASSES_TWICE if recipe.gradient_checkpointing else _PASSES
    return taken * (texts / TEXTS_PER_SECOND + passes * tokens * machine.seconds_per_token)


def _of_row(recipe: Recipe) -> tuple[int, float]:
    """Texts and tokens that one row brings."""
    query = min(recipe.query_max_length, _TOKENS)
    if recipe.loss == "label-aware":
        return 1, query
    passage = min(recipe.passage_max_length or recipe.query_max_length, _TOKENS)
    return 1 + recipe.group_size, query + recipe.group_size * passage
