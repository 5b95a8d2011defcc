"""The held-out score: which training rows it looks for neighbours among."""

import random
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from finetune_made import write_labelled

from runners.finetuning.held_out_score import HeldOutScore


def neighbours(folder: Path, rows: list[tuple[str, int]]) -> list[str]:
    training = write_labelled(folder / "training.jsonl", rows)
    score = HeldOutScore(training, write_labelled(folder / "held_out.jsonl", rows[:3]))
    encoded: list[list[str]] = []

    def encode(texts: Any) -> Any:
        encoded.append(list(texts))
        return np.ones((len(texts), 2))

    score(encode)
    return encoded[0]


@pytest.mark.parametrize(("labels", "of_each"), [(3, 16), (100, 10), (300, 4)])
def test_the_first_rows_of_every_label_are_neighbours_about_a_thousand_in_all(
    tmp_path: Path, labels: int, of_each: int
):
    draw = random.Random(4)  # noqa: S311 -- no secret
    rows = [(f"text {number}", draw.randrange(labels)) for number in range(30 * labels)]
    expected = [
        text
        for label in range(labels)
        for text in [text for text, one in rows if one == label][:of_each]
    ]
    assert neighbours(tmp_path, rows) == expected


def test_a_label_with_fewer_rows_gives_all_it_has(tmp_path: Path):
    rows = [("rare", 7), *((f"text {number}", 2) for number in range(20))]
    assert neighbours(tmp_path, rows) == [*(f"text {number}" for number in range(16)), "rare"]


def test_texts_that_are_no_neighbours_are_not_kept_in_memory(tmp_path: Path):
    rows = [(f"{number} " * 500, number % 2) for number in range(2000)]
    training = write_labelled(tmp_path / "training.jsonl", rows)
    held_out = write_labelled(tmp_path / "held_out.jsonl", rows[:1])
    tracemalloc.start()
    HeldOutScore(training, held_out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < training.stat().st_size / 4
