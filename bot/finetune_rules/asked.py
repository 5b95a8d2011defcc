"""The `finetune` of a config as far as it is right: what breaks the schema is left out, as the schema objects to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bot.surroundings import items
from schemas.finetuning import Finetuning, Recipe, TrainingSource, finetuning
from schemas.validate import validator
from schemas.yaml_document import Path_, YamlDocument

_MOST_VARIANTS, _MOST_SOURCES = 16, 50  # the schema's limits


@dataclass(frozen=True)
class Asked:
    """`recipes` are the variants by name, `sources` the data sets by item number in `finetune.data`.

    Without `complete`, some are left out of these; `wanted` is right about everything else.
    """

    document: YamlDocument
    wanted: Finetuning
    recipes: Mapping[str, Recipe]
    sources: Mapping[int, TrainingSource]
    complete: bool

    @property
    def unlabelled(self) -> list[int]:
        """Numbers of the data sets without labels."""
        return [number for number, source in self.sources.items() if not source.columns]

    def place(self, variant: str, key: str) -> Path_:
        """Where a setting of a variant is written; in the recipe, when it is nowhere."""
        own: Path_ = ("finetune", "variants", variant, key)
        return own if own in self.document.values else ("finetune", "recipe", key)

    def writes(self, variant: str, key: str) -> bool:
        """Whether a setting of a variant is written, or has its default."""
        return self.place(variant, key) in self.document.values

    def said(self, variant: str, key: str, value: object) -> str:
        """A setting with its value: `batch_size: 32`, or that it is the default."""
        return (
            f"`{key}: {value}`" if self.writes(variant, key) else f"`{key}` is {value} unless told"
        )

    def path(self, number: int) -> str:
        """The local path of a data set as it is written; empty for one of the Hub."""
        found = self.document.at("finetune", "data", number, "path")
        return found if isinstance(found, str) else ""


def asked(document: YamlDocument) -> Asked | None:
    """What a config asks to be trained; None where it asks for nothing."""
    data = document.at("finetune")
    if not isinstance(data, dict):
        return None
    wrong = _wrong(data)
    entries = items(document, "finetune", "data")[:_MOST_SOURCES]
    right = {n: entry for n, entry in enumerate(entries) if ("data", n) not in wrong}
    named = _mapping(data.get("variants"))
    variants = {n: changes for n, changes in named.items() if ("variants", n) not in wrong}
    plain = {
        "base_model": "",
        **{key: value for key, value in data.items() if (key,) not in wrong},
        "data": [*right.values()],
        **({"variants": dict(islice(variants.items(), _MOST_VARIANTS))} if variants else {}),
    }
    wanted = finetuning(plain, Path())
    whole = ("recipe",) not in wrong and bool(variants) is bool(named)
    return Asked(
        document,
        wanted,
        recipes=wanted.variants if whole else {},
        sources=dict(zip(right, wanted.data, strict=True)),
        complete=whole and len(right) == len(entries) and len(variants) == len(named),
    )


def _wrong(data: Mapping[str, Any]) -> frozenset[Path_]:
    """Paths below `finetune` of what the schema objects to, with those of all that holds it."""
    paths = (
        tuple(error.absolute_path)[1:3]
        for error in validator("model-config").iter_errors({"finetune": data})
    )
    return frozenset(path[:end] for path in paths for end in range(1, len(path) + 1))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
