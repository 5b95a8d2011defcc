"""One of several processes that train together: what gradient it comes to, and what it decides."""

import itertools
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from runners.finetuning.flag_training.label_aware import LabelAwareEmbedder
from runners.finetuning.flag_training.live import Live
from runners.finetuning.flag_training.trainer import RepeatableTrainer
from runners.finetuning.job import TrainingJob
from runners.finetuning.stopwatch import Stopwatch
from schemas.finetuning import Recipe

TEXTS, LABELS = 10, torch.tensor([0, 1, 0, 1, 2, 0, 1, 2, 2, 0])
MOST_STEPS = 100
CUT = 6  # the first process has six of the texts, the second four


class Table(torch.nn.Module):
    """An encoder that is nothing but a row for each text."""

    def __init__(self) -> None:
        super().__init__()
        drawn = torch.randn(TEXTS, 5, generator=torch.Generator().manual_seed(0))
        self.rows = torch.nn.Parameter(drawn)


class Embedder(LabelAwareEmbedder):
    """Takes numbers of texts for texts."""

    def encode(self, features: Any) -> Any:
        return torch.nn.functional.normalize(self.model.rows[features], dim=-1)


def gradient(rank: int, processes: int, folder: Path) -> None:
    """Write the gradient that DistributedDataParallel comes to, from the share of this process."""
    _meet(rank, processes, folder)
    torch.save(_gradient(rank, processes), folder / f"{processes}-{rank}.pt")
    torch.distributed.destroy_process_group()


def _gradient(rank: int, processes: int) -> torch.Tensor:
    """What DistributedDataParallel holds is gone when this returns.

    Were it the last to hold the group, it would wait for the group's thread while that waits for the interpreter's lock.
    """
    embedder = Embedder(Table(), temperature=0.1, negatives_cross_device=processes > 1)
    embedder.recipe = Recipe()
    share = slice(None) if processes == 1 else (slice(0, CUT), slice(CUT, None))[rank]
    together = torch.nn.parallel.DistributedDataParallel(embedder)
    # DDP averages over processes, whose shares differ; weighted by them it is the mean over texts.
    weight = processes * len(LABELS[share]) / TEXTS
    loss = together(torch.arange(TEXTS)[share], LABELS[share]).loss * weight
    loss.backward()
    return embedder.model.rows.grad


def decisions(rank: int, processes: int, folder: Path) -> None:
    """Write what is due after each step of a training by the clock, and the learning rate.

    The clock of the first process goes on by a second whenever it is looked at; all others stand still.
    """
    _meet(rank, processes, folder)
    clock = itertools.count(0.0, 1.0 if rank == 0 else 0.0).__next__
    job = TrainingJob(folder, folder, Recipe(), 1, (), budget=60.0, checkpoint_seconds=5.0)
    args = SimpleNamespace(world_size=processes, device="cpu", warmup_steps=0.1)
    live = Live(job, Stopwatch(clock), None, clock)
    trainer: Any = SimpleNamespace(args=args, live=live, budget=job.budget)
    state = SimpleNamespace(global_step=0, log_history=[])
    live.on_train_begin(args, state, None)
    told = []
    for _ in range(MOST_STEPS):
        state.global_step += 1
        rate = RepeatableTrainer._by_clock(trainer)
        due = SimpleNamespace(should_log=False, should_save=False, should_training_stop=False)
        live.on_step_end(args, state, due)
        told.append({**vars(due), "rate": rate})
        if due.should_training_stop:
            break
    (folder / f"{rank}.json").write_text(json.dumps(told))
    torch.distributed.destroy_process_group()


def _meet(rank: int, processes: int, folder: Path) -> None:
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": (folder / "port").read_text()}
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
