"""One of several processes that train together: what gradient it comes to."""

import os
from pathlib import Path
from typing import Any

import torch

from runners.finetuning.flag_training.label_aware import LabelAwareEmbedder
from schemas.finetuning import Recipe

TEXTS, LABELS = 10, torch.tensor([0, 1, 0, 1, 2, 0, 1, 2, 2, 0])
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
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": (folder / "port").read_text()}
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    embedder = Embedder(Table(), temperature=0.1, negatives_cross_device=processes > 1)
    embedder.recipe = Recipe()
    share = slice(None) if processes == 1 else (slice(0, CUT), slice(CUT, None))[rank]
    together = torch.nn.parallel.DistributedDataParallel(embedder)
    # DDP averages over processes, whose shares differ; weighted by them it is the mean over texts.
    weight = processes * len(LABELS[share]) / TEXTS
    loss = together(torch.arange(TEXTS)[share], LABELS[share]).loss * weight
    loss.backward()
    torch.save(embedder.model.rows.grad, folder / f"{processes}-{rank}.pt")
    torch.distributed.destroy_process_group()
