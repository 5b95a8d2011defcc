"""How fast three ways to train go: `make bench-finetune`, one line of JSON last.

`published`: FlagEmbedding as in the published experiment, a query and its group of eight a step (batch 3, which it
halves). `batched`: the same loss with many queries a step. `ours`: the label-aware loss, every text encoded once. They
take turns, round by round and on the same rows, so that a busy machine is busy for each of them; ratios are of the
medians over rounds. An example is a row that is learnt from: a query with its group, or a text with its label. Model
and texts are all-MiniLM-L6-v2 and BBC News, from packages.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from examples.bbc_news import read_articles
from examples.packaged_models import minilm_folder
from runners.finetuning.job import TrainingJob
from runners.finetuning.training_data import Whereabouts, read_training_data, split
from runners.finetuning.training_files import SAFE_FOLDER, RowSettings, write_labelled, write_pairs
from runners.progress import Progress
from schemas.finetuning import Finetuning, LabelColumns, Recipe, TrainingSource

_GROUP = 8
_PUBLISHED = Recipe(
    loss="flag-embedding", group_size=_GROUP, batch_size=3, learning_rate=1e-5, temperature=0.02,
)  # fmt: skip
_OURS = Recipe(batch_size=64, learning_rate=1e-4)


def main() -> int:
    """Train a few steps of each in turn, and print what an example cost."""
    arguments = _arguments()
    with TemporaryDirectory(prefix="bench-finetune-") as folder:
        jobs = _jobs(Path(folder), arguments)
        queries = {"published": 1, "batched": arguments.batch, "ours": None}
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for number in range(1, arguments.rounds + 1):
            for name, job in jobs.items():
                speed, texts = _measured(
                    replace(job, folder=job.folder / str(number)), queries[name]
                )
                measured[name].append((speed, texts))
                sys.stderr.write(
                    f"round {number} of {arguments.rounds}  {name}: {speed:.2f} examples/s\n"
                )
    speeds = {name: median(speed for speed, _ in each) for name, each in measured.items()}
    figures = {
        "examples_per_s": {name: round(speed, 3) for name, speed in speeds.items()},
        "texts_per_example": {
            name: median(texts for _, texts in each) for name, each in measured.items()
        },
        "ours_vs_published": round(speeds["ours"] / speeds["published"], 3),
        "batched_vs_published": round(speeds["batched"] / speeds["published"], 3),
        "device": _device(arguments.device),
        "precision": arguments.precision,
        "batch": {"published": 1, "batched": arguments.batch, "ours": arguments.texts},
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.bench_finetune", description=__doc__)
    parser.add_argument("--device", default="cpu", help="torch device (cpu)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (3)")
    parser.add_argument(
        "--steps", type=_steps, default=4, help="of a turn; published takes 4 times as many (4)"
    )
    parser.add_argument("--batch", type=int, default=16, help="queries a step of `batched` (16)")
    parser.add_argument("--texts", type=int, default=64, help="texts a step of `ours` (64)")
    parser.add_argument(
        "--precision", default="float32", choices=("float32", "bfloat16", "float16")
    )
    return parser.parse_args()


def _steps(text: str) -> int:
    steps = int(text)
    if steps < 2:  # noqa: PLR2004 - the first warms up
        raise argparse.ArgumentTypeError("a turn needs 2 steps: the first one is not measured")
    return steps


def _jobs(folder: Path, arguments: argparse.Namespace) -> dict[str, TrainingJob]:
    progress = Progress()
    source = TrainingSource(
        path=_table(folder / "rows.csv"),
        written="BBC News",
        columns=LabelColumns(("text",), "label"),
    )
    data = read_training_data(
        Finetuning("", (source,), {}), folder / "rows", Whereabouts(), progress
    )
    parts = split(data, 0, 42)
    labelled, _ = write_labelled(parts, folder, progress)
    alone, together = (folder / "data" / name / SAFE_FOLDER for name in ("alone", "together"))
    write_pairs(parts[0], alone, RowSettings(_GROUP, None), progress)
    write_pairs(parts[0], together, RowSettings(_GROUP, arguments.batch), progress)
    steps, precision = arguments.steps, arguments.precision
    published = replace(_PUBLISHED, max_steps=4 * steps, precision=precision)
    batched = replace(_PUBLISHED, max_steps=steps, precision=precision, batch_size=arguments.batch)
    ours = replace(_OURS, max_steps=steps, precision=precision, batch_size=arguments.texts)

    def job(name: str, recipe: Recipe, data: Path) -> TrainingJob:
        return TrainingJob(
            folder / name, minilm_folder(), recipe, 42, (data,), device=arguments.device
        )

    return {
        "published": job("published", published, alone),
        "batched": job("batched", batched, together),
        "ours": job("ours", ours, labelled.path),
    }


def _table(file: Path) -> Path:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label"])
        writer.writerows((f"{one.title} {one.summary}", one.section) for one in read_articles())
    return file


def _measured(job: TrainingJob, queries: int | None) -> tuple[float, float]:
    """(examples a second, texts encoded for each) of the steps after the first, which warms up.

    `queries` are those of a step; None where every text is an example.
    """
    points = list(_points(job))
    took = {key: points[-1][key] - points[0][key] for key in ("step", "texts", "seconds")}
    examples = took["texts"] if queries is None else took["step"] * queries
    return examples / took["seconds"], took["texts"] / examples


def _points(job: TrainingJob) -> Iterator[dict[str, Any]]:
    from runners.finetuning.job import CURVE
    from runners.finetuning.launch import train

    train(job)
    for line in (job.folder / CURVE).read_text(encoding="utf-8").splitlines():
        point = json.loads(line)
        if "loss" in point:
            yield point


def _device(name: str) -> str:
    if not name.startswith("cuda"):
        return name
    import torch

    return str(torch.cuda.get_device_name(name))


if __name__ == "__main__":
    sys.exit(main())
