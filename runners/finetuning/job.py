"""One training as a file: what the process that trains is told, and what it leaves."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.finetuning import Recipe

JOB, CURVE, MODEL, CHECKPOINTS = "job.json", "training.jsonl", "model", "checkpoints"
TRAINED, FAILED = "trained.json", "failed.json"
CACHE = "cache"  # of the library that reads the rows


@dataclass(frozen=True)
class TrainingJob:
    """`base` is a folder with the base model; `data` are FlagEmbedding's files, or one of labelled texts.

    `labelled` and `held_out` are files of labelled texts for the held-out score, None where there are none. `budget`
    is a number of seconds that the training takes instead of `recipe.epochs`. All files lie in `folder` in the end.
    """

    folder: Path
    base: Path
    recipe: Recipe
    seed: int
    data: tuple[Path, ...]
    pooling: str | None = None
    labelled: Path | None = None
    held_out: Path | None = None
    device: str = "cpu"
    budget: float | None = None
    checkpoint_seconds: float = 600.0

    def write(self) -> Path:
        """Its file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / JOB
        file.write_text(json.dumps(asdict(self), default=str, indent=1), encoding="utf-8")
        return file


def read_job(file: Path) -> TrainingJob:
    """The job of a file that `write` wrote."""
    data = json.loads(file.read_text(encoding="utf-8"))
    recipe = {**data["recipe"], "hard_negatives": None}  # they were drawn with the data
    return TrainingJob(
        folder=Path(data["folder"]),
        base=Path(data["base"]),
        recipe=Recipe(**recipe),
        seed=data["seed"],
        data=tuple(map(Path, data["data"])),
        pooling=data["pooling"],
        labelled=_path(data["labelled"]),
        held_out=_path(data["held_out"]),
        device=data["device"],
        budget=data["budget"],
        checkpoint_seconds=data["checkpoint_seconds"],
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
