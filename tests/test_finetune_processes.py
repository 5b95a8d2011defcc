"""Several processes train as one would with all of their texts."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from finetune_made import labelled_rows, save_small_bert, write_labelled

from runners.finetuning.job import CURVE, TrainingJob
from runners.finetuning.launch import train
from schemas.finetuning import Recipe
from tests.finetune_processes import MOST_STEPS, decisions, gradient

pytestmark = pytest.mark.slow


def test_two_processes_come_to_the_gradient_of_one(tmp_path: Path):
    found = {}
    for processes in (1, 2):
        _name_a_port(tmp_path)
        torch.multiprocessing.spawn(gradient, (processes, tmp_path), nprocs=processes)
        found[processes] = torch.load(tmp_path / f"{processes}-0.pt")
    assert found[1].abs().max() > 0.01
    assert torch.allclose(found[1], found[2], atol=1e-6)


def test_processes_with_clocks_of_their_own_log_save_and_stop_together(tmp_path: Path):
    _name_a_port(tmp_path)
    torch.multiprocessing.spawn(decisions, (2, tmp_path), nprocs=2)
    first, second = (json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1))
    assert first == second
    assert any(step["should_save"] for step in first)
    assert first[-1]["should_training_stop"]
    assert len(first) < MOST_STEPS


def test_torchrun_trains_on_two_processes(tmp_path: Path):
    rows = write_labelled(tmp_path / "rows.jsonl", labelled_rows(64))
    base = save_small_bert(tmp_path / "models" / "base")
    recipe = Recipe(epochs=2, batch_size=8, learning_rate=1e-3, query_max_length=16)
    job = TrainingJob(tmp_path / "tuned-1", base, recipe, 1, (rows,), labelled=rows, held_out=rows)
    alone = train(replace(job, folder=tmp_path / "alone-1"))
    # So often that processes which decided by themselves would not agree.
    together = train(replace(job, checkpoint_seconds=0.02), processes=2)
    assert (alone.steps, together.steps) == (16, 8)
    assert together.texts == alone.texts == 128
    points = [json.loads(line) for line in (job.folder / CURVE).read_text().splitlines()]
    # The first process alone knows the score, and it alone writes.
    assert len([point for point in points if "held_out" in point]) == 5
    assert len(points) == 5 + 8


def _name_a_port(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (folder / "port").write_text(str(free.getsockname()[1]))
