"""Rows that are held out, by each label's share, and negatives that are near."""

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("datasets")

from runners.finetuning.hard_negatives import mined
from runners.finetuning.held_out import held_out, shares
from schemas.finetuning import HardNegatives
from tests.finetune_data_made import labelled, parts, quiet, write_csv


@pytest.mark.parametrize(
    ("counts", "total", "dealt"),
    [
        ([100, 100, 100], 30, [10, 10, 10]),
        ([100, 100, 100], 31, [11, 10, 10]),
        ([60, 30, 10], 11, [7, 3, 1]),  # 6.6, 3.3, 1.1
        ([97, 50, 3], 50, [32, 17, 1]),  # 32.33, 16.67, 1.0
        ([10, 1000], 700, [5, 500]),
        ([4, 4, 1000], 500, [2, 2, 496]),
        ([1, 2, 3, 4], 100, [0, 0, 1, 2]),  # two rows of a label stay
        ([5, 5], 0, [0, 0]),
        ([], 10, []),
    ],
)
def test_every_label_gives_its_share_and_at_most_half(counts, total, dealt):
    assert shares(np.array(counts, np.int64), total).tolist() == dealt


def test_held_out_rows_are_drawn_by_seed_of_each_label():
    labels = np.random.default_rng(0).permutation([0] * 500 + [1] * 300 + [2] * 200)
    marks = held_out(labels, 100, seed=1)
    assert Counter(labels[marks].tolist()) == {0: 50, 1: 30, 2: 20}
    assert (held_out(labels, 100, seed=1) == marks).all()
    assert not (held_out(labels, 100, seed=2) == marks).all()


def clusters(tmp_path, count=40):
    """Texts `0 a`, `1 b`, … whose number is where they lie on a circle; neighbours have different labels."""
    rows = [{"text": f"{n} {'abcd'[n % 4]}", "label": "abcd"[n % 4]} for n in range(count)]
    [part] = parts(tmp_path, labelled(write_csv(tmp_path / "circle.csv", rows)))
    return part


def on_circle(texts):
    angles = np.array([int(text.split()[0]) for text in texts]) * 0.01
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32) * 3


def places_to_texts(part):
    with part.data.rows.reading() as line:
        return [line(row).decode().strip('"') for row in part.training]


def mine(part, ranks, count=2, seed=1):
    return mined(part, on_circle, ranks, count, seed, quiet())


def test_negatives_are_the_nearest_texts_of_other_labels(tmp_path):
    part = clusters(tmp_path)
    texts = places_to_texts(part)
    nearest = mine(part, HardNegatives(1, 3), count=3)
    numbers = [int(text.split()[0]) for text in texts]
    for place, others in enumerate(nearest):
        own = numbers[place]
        candidates = sorted((abs(n - own), n) for n in range(40) if n % 4 != own % 4)
        distances = sorted(abs(numbers[other] - own) for other in others)
        assert distances == [distance for distance, _ in candidates[:3]]


def test_negatives_are_drawn_from_the_ranks_that_were_asked_for_by_seed(tmp_path):
    part = clusters(tmp_path)
    numbers = [int(text.split()[0]) for text in places_to_texts(part)]
    drawn = mine(part, HardNegatives(5, 12))
    for place, others in enumerate(drawn):
        own = numbers[place]
        distances = sorted(abs(n - own) for n in range(40) if n % 4 != own % 4)
        assert all(distances[4] <= abs(numbers[o] - own) <= distances[11] for o in others)
        assert len(set(others)) == 2
    assert (mine(part, HardNegatives(5, 12)) == drawn).all()
    assert not (mine(part, HardNegatives(5, 12), seed=2) == drawn).all()


def test_it_makes_no_difference_in_how_many_pieces_it_is_computed(tmp_path, monkeypatch):
    part = clusters(tmp_path)
    whole = mine(part, HardNegatives(5, 12))
    monkeypatch.setattr("runners.finetuning.hard_negatives._MOST_CELLS", 40 * 7)
    monkeypatch.setattr("runners.finetuning.hard_negatives._TEXTS_AT_ONCE", 3)
    assert (mine(part, HardNegatives(5, 12)) == whole).all()


def test_where_ranks_are_too_few_nearer_texts_serve_and_then_the_same_again(tmp_path):
    part = clusters(tmp_path, 8)
    few = mine(part, HardNegatives(5, 100), count=4)
    assert all(len(set(row)) == 4 for row in few), "6 others, ranks 5 and 6 are too few"
    again = mine(part, HardNegatives(1, 100), count=9)
    assert all(len(set(row)) == 6 for row in again)
    assert (again >= 0).all()


def test_a_text_under_another_label_is_no_negative_of_itself(tmp_path):
    rows = [{"text": "1", "label": "a"}, {"text": "1", "label": "b"}, {"text": "2", "label": "a"}, {"text": "3", "label": "b"}]  # fmt: skip
    [part] = parts(tmp_path, labelled(write_csv(tmp_path / "twice.csv", rows)))
    texts = places_to_texts(part)
    for place, others in enumerate(mine(part, HardNegatives(1, 10), count=1)):
        assert all(texts[other] != texts[place] for other in others)
