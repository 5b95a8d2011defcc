"""Trainings of a BERT that is trained in a second, what they leave, and how they are killed."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from finetune_made import labelled_rows, write_groups, write_labelled

from runners.finetuning.job import CURVE, TRAINED, TrainingJob
from runners.finetuning.launch import command
from schemas.finetuning import Recipe

ROWS, HELD_OUT = labelled_rows(96), labelled_rows(60, seed=9)
OURS = Recipe(epochs=4, batch_size=16, learning_rate=1e-3, query_max_length=16)
THEIRS = Recipe(
    loss="flag-embedding",
    epochs=2,
    batch_size=4,
    group_size=4,
    learning_rate=1e-3,
    temperature=0.02,
)


def our_job(folder: Path, base: Path) -> TrainingJob:
    """A training with the label-aware loss."""
    rows = write_labelled(folder / "data" / "rows.jsonl", ROWS)
    held_out = write_labelled(folder / "data" / "held_out.jsonl", HELD_OUT)
    return TrainingJob(folder / "tuned-7", base, OURS, 7, (rows,), labelled=rows, held_out=held_out)


def their_job(folder: Path, base: Path) -> TrainingJob:
    """One with FlagEmbedding's loss."""
    rows = write_groups(folder / "data" / "rows-no_in_batch_neg", ROWS, batch_size=4)
    return TrainingJob(folder / "theirs-7", base, THEIRS, 7, (rows,))


def points(job: TrainingJob) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (job.folder / CURVE).read_text().splitlines()]


def losses(job: TrainingJob) -> list[tuple[int, float]]:
    return [(point["step"], point["loss"]) for point in points(job) if "loss" in point]


def encoded(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode([text for text, _ in HELD_OUT])


def start(job: TrainingJob, processes: int = 1) -> subprocess.Popen[str]:
    """The process that trains, without the one that starts it; it ends when its standard input is closed."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command(job, processes), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def wait_for_step(job: TrainingJob, step: int, process: subprocess.Popen[Any]) -> None:
    """Until a training that is not through yet has come to a step."""
    while process.poll() is None and (not losses_so_far(job) or losses_so_far(job)[-1][0] < step):
        time.sleep(0.005)
    assert process.poll() is None, "it ended too early"


def kill_at(job: TrainingJob, step: int) -> None:
    """`kill -9` of the process that trains, as soon as it has come to a step."""
    with start(job) as process:
        wait_for_step(job, step, process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not (job.folder / TRAINED).exists()


def losses_so_far(job: TrainingJob) -> list[tuple[int, float]]:
    return losses(job) if (job.folder / CURVE).exists() else []
