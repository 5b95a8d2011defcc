"""Which labelled texts meet in a batch."""

import numpy as np
import pytest

from runners.finetuning.label_batches import label_batches


@pytest.mark.parametrize(
    ("size", "texts_per_label"), [(8, 0), (8, 1), (8, 2), (32, 4), (5, 5), (7, 3)]
)
def test_every_row_is_seen_once_an_epoch(size: int, texts_per_label: int):
    labels = np.random.default_rng(0).integers(0, 7, 203)
    batches = label_batches(labels, size, texts_per_label, seed=1, epoch=0)
    assert sorted(np.concatenate(batches)) == list(range(203))
    assert min(map(len, batches)) > 1


def test_with_many_labels_every_text_meets_its_like():
    labels = np.arange(770) % 77
    for batch in label_batches(labels, 64, 4, seed=3, epoch=2):
        _, counts = np.unique(labels[batch], return_counts=True)
        assert counts.min() >= 4
        assert len(batch) <= 64 + 2


def test_drawn_row_by_row_most_texts_of_many_labels_stand_alone():
    labels = np.arange(770) % 77
    alone = [
        (np.unique(labels[batch], return_counts=True)[1] == 1).mean()
        for batch in label_batches(labels, 64, 0, seed=3, epoch=2)
    ]
    assert np.mean(alone) > 0.5


def test_batches_come_from_seed_and_epoch_alone():
    labels = list(range(10)) * 9

    def drawn(seed: int, epoch: int) -> list[list[int]]:
        return [batch.tolist() for batch in label_batches(labels, 16, 4, seed, epoch)]

    assert drawn(1, 0) == drawn(1, 0)
    assert drawn(1, 0) != drawn(1, 1)
    assert drawn(1, 0) != drawn(2, 0)


@pytest.mark.parametrize("texts_per_label", [0, 2, 3, 5])
def test_every_epoch_has_as_many_batches(texts_per_label: int):
    labels = np.random.default_rng(1).integers(0, 9, 211)
    counts = {len(label_batches(labels, 16, texts_per_label, 1, epoch)) for epoch in range(20)}
    assert counts == {14}


def test_a_label_with_fewer_texts_than_asked_for_stays_together():
    labels = [0] * 20 + [1] * 2 + [2] * 6
    batches = label_batches(labels, 10, 4, seed=0, epoch=0)
    of_label = [{number for number, batch in enumerate(batches) if 20 in batch}]
    assert of_label == [{number for number, batch in enumerate(batches) if 21 in batch}]
