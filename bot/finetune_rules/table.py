"""Every rule about `finetune`."""

from collections.abc import Callable, Iterator

from bot.finetune_rules import contamination, data, negatives, recipes, whole
from bot.finetune_rules.asked import Asked, asked
from bot.surroundings import Surroundings
from schemas.problem import Problem
from schemas.yaml_document import YamlDocument

Rule = Callable[[Asked, Surroundings], Iterator[Problem]]
RULES: tuple[Rule, ...] = (
    *whole.RULES,
    *negatives.RULES,
    *recipes.RULES,
    *data.RULES,
    *contamination.RULES,
)


def wrong_finetuning(document: YamlDocument, around: Surroundings) -> Iterator[Problem]:
    """What is asked to be trained makes sense."""
    if wanted := asked(document):
        for rule in RULES:
            yield from rule(wanted, around)
