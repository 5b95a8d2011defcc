"""Start a training in processes of its own, one for each GPU, and read what it came to."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runners.failures import Failure
from runners.finetuning.checkpoints import delete_half_written
from runners.finetuning.job import CACHE, CHECKPOINTS, FAILED, MODEL, TRAINED, TrainingJob

_MODULE = "runners.finetuning.flag_training"


@dataclass(frozen=True)
class Trained:
    """What a training came to: changes of the weights, texts encoded, seconds."""

    steps: int
    texts: int
    seconds: float


def train(job: TrainingJob, processes: int = 1) -> Trained:
    """Train, or go on where it was stopped; a training that is through is only read.

    Raises:
        Failure: it failed.
    """
    if not (job.folder / TRAINED).is_file() or not (job.folder / MODEL).is_dir():
        _run(job, processes)
    for folder in (CHECKPOINTS, CACHE):  # each run, in case the one that trained was killed here
        shutil.rmtree(job.folder / folder, ignore_errors=True)
    data = json.loads((job.folder / TRAINED).read_text(encoding="utf-8"))
    return Trained(**data)


def command(job: TrainingJob, processes: int) -> list[str]:
    """torchrun only where one process is not enough."""
    file = str(job.write())
    if processes == 1:
        return [sys.executable, "-m", _MODULE, file]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return [*torchrun, f"--nproc-per-node={processes}", "-m", _MODULE, file]


def _run(job: TrainingJob, processes: int) -> None:
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    if processes == 1 and job.device.startswith("cuda"):
        # A Trainer that sees several GPUs would cut every batch in pieces, and compare texts within each alone.
        environment["CUDA_VISIBLE_DEVICES"] = _one_of(environment, job.device)
    (job.folder / FAILED).unlink(missing_ok=True)
    delete_half_written(job.folder / CHECKPOINTS)
    # Nothing is written to the pipe: its end tells all that train that nobody waits for them any more.
    code = subprocess.call(  # noqa: S603 -- our own module
        command(job, processes), env=environment, stdin=subprocess.PIPE
    )
    if code or not (job.folder / TRAINED).is_file():
        raise _failure(job, code)


def _one_of(environment: Mapping[str, str], device: str) -> str:
    """The GPU that `cuda` or `cuda:N` means, among those that may be seen."""
    number = int(device.partition(":")[2] or 0)
    visible = environment.get("CUDA_VISIBLE_DEVICES", "").split(",")
    return visible[number] if number < len(visible) and visible[number] else str(number)


def _failure(job: TrainingJob, code: int) -> Failure:
    try:
        record: dict[str, Any] = json.loads((job.folder / FAILED).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no file, or an empty one where the disk was full
        return Failure(
            "infrastructure",
            f"the process that trains ended with code {code} and left no word",
            "run the same command again; it goes on from the last checkpoint",
        )
    return Failure(record["kind"], record["message"], record["advice"])
