"""Variants times seeds: each is trained, saved and measured like any other model."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from runners.failures import Failure, error_record
from runners.finetuning.job import CURVE
from runners.finetuning.launch import Trained
from runners.weights import weight_files
from schemas.finetuning import Finetuning, HardNegatives, Recipe

_MOST_POINTS = 500


@dataclass(frozen=True)
class Training:
    """One variant with one seed; its files lie in `folder`."""

    variant: str
    seed: int
    recipe: Recipe
    folder: Path


@dataclass
class Outcome:
    """What came of a training. `weights` is the SHA-256 over its weight files, `scores` what its report says."""

    training: Training
    trained: Trained | None = None
    failure: Failure | None = None
    weights: str | None = None
    scores: list[dict[str, Any]] = field(default_factory=list)

    def curve(self, name: str) -> list[list[float]]:
        """(step, value) of `loss` or `held_out`, in order, each step once."""
        points = {
            point["step"]: point[name] for point in _points(self.training.folder) if name in point
        }
        found = [[step, value] for step, value in sorted(points.items())]
        return found[:: -(-len(found) // _MOST_POINTS) or 1]

    @property
    def held_out_score(self) -> float | None:
        """The last one: what the trained model scores."""
        curve = self.curve("held_out")
        return curve[-1][1] if curve else None

    def record(self) -> dict[str, Any]:
        """As a report has it."""
        trained = self.trained or Trained(0, 0, 0.0)
        return {
            "variant": self.training.variant,
            "seed": self.training.seed,
            "recipe": recipe_record(self.training.recipe),
            "error": error_record(self.failure) if self.failure else None,
            "steps": trained.steps,
            "texts_encoded": trained.texts,
            "seconds": round(trained.seconds, 3),
            "loss": self.curve("loss") if self.trained else [],
            "held_out": self.curve("held_out") if self.trained else [],
            "weights_sha256": self.weights,
            "tasks": self.scores,
        }


def trainings(finetune: Finetuning, folder: Path) -> Iterator[Training]:
    """All that a config asks for, variant by variant."""
    for name, recipe in finetune.variants.items():
        for seed in finetune.seeds:
            yield Training(name, seed, recipe, folder / f"{name}-{seed}")


def recipe_record(recipe: Recipe) -> dict[str, Any]:
    """A recipe as a config writes it, defaults included."""
    hard: HardNegatives | None = recipe.hard_negatives
    ranks: Mapping[str, int] | None = {"from": hard.from_, "to": hard.to} if hard else None
    return asdict(recipe) | {"hard_negatives": ranks}


def weights_digest(model: Path) -> str:
    """SHA-256 over the SHA-256 and name of every weight file, as `sha256sum` lists them, in order of name."""
    lines = (f"{file.sha256}  {file.file}\n" for file in weight_files(model))
    return sha256("".join(lines).encode()).hexdigest()


def _points(folder: Path) -> list[dict[str, Any]]:
    file = folder / CURVE
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
