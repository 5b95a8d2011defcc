"""Start a training in processes of its own, one for each GPU, and read what it came to."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from runners.failures import Failure
from runners.finetuning.job import FAILED, MODEL, TRAINED, TrainingJob

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
    ended = subprocess.run(command(job, processes), env=environment, check=False)  # noqa: S603 -- our own module
    if ended.returncode == 0 and (job.folder / TRAINED).is_file():
        return
    raise _failure(job, ended.returncode)


def _failure(job: TrainingJob, code: int) -> Failure:
    file = job.folder / FAILED
    if file.is_file():
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Failure(record["kind"], record["message"], record["advice"])
    return Failure(
        "infrastructure",
        f"the process that trains ended with code {code} and left no word",
        "run the same command again; it goes on from the last checkpoint",
    )
