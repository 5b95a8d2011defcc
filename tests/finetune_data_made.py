"""Small training data for tests: texts with labels, and FlagEmbedding's own rows."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runners.finetuning.training_data import SplitData, Whereabouts, read_training_data, split
from runners.finetuning.training_files import SAFE_FOLDER, RowSettings, write_pairs
from runners.progress import Progress
from schemas.finetuning import Finetuning, LabelColumns, TrainingSource

LABELS = ("film", "sport", "trade")
READY = {"query": "cup final", "pos": ["the final of the cup"], "neg": ["a film", "a share"]}


def quiet() -> Progress:
    return Progress(io.StringIO())


def labelled_rows(count: int) -> list[dict[str, str]]:
    """Rows of three labels, every text another one."""
    return [{"text": f"text {n} of {LABELS[n % 3]}", "label": LABELS[n % 3]} for n in range(count)]


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_lines(path: Path, rows: Sequence[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labelled(path: Path, **more: Any) -> TrainingSource:
    """A local file with columns `text` and `label`."""
    return TrainingSource(**{"path": path, "columns": LabelColumns(("text",), "label"), **more})


def finetuning(*sources: TrainingSource, seed: int = 42) -> Finetuning:
    return Finetuning("acme/base", sources, {}, seeds=(seed,))


def read(folder: Path, *sources: TrainingSource, seed: int = 42, **whereabouts: Any):
    """The data of sources, kept below `folder`."""
    return read_training_data(
        finetuning(*sources, seed=seed), folder / "rows", Whereabouts(**whereabouts), quiet()
    )


def parts(folder: Path, *sources: TrainingSource, held_out: int = 0) -> tuple[SplitData, ...]:
    return split(read(folder, *sources), held_out, seed=7)


def written(folder: Path, source: TrainingSource, seed: int = 42) -> bytes:
    """The file of pairs of labelled data."""
    [part] = parts(folder, source)
    settings = RowSettings(group_size=4, batch_size=8, seed=seed)
    return write_pairs(part, folder / SAFE_FOLDER, settings, quiet()).path.read_bytes()
