"""FlagEmbedding's data sets give the same rows for the same place in a training, whoever asks, and when."""

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from finetune_made import labelled_rows, write_groups
from FlagEmbedding.abc.finetune.embedder.AbsDataset import AbsEmbedderSameDatasetTrainDataset

from runners.finetuning.flag_training.repeatable import RepeatableDataset, RepeatableSameDataset


@pytest.fixture
def data(tmp_path: Path) -> SimpleNamespace:
    """FlagEmbedding's data arguments for 26 rows without in-batch negatives."""
    folder = write_groups(tmp_path / "rows-no_in_batch_neg", labelled_rows(26), batch_size=4)
    return SimpleNamespace(
        train_data=[str(folder)], cache_path=str(tmp_path / "cache"), shuffle_ratio=0.0, small_threshold=0,
        drop_threshold=0, max_example_num_per_dataset=10**6, knowledge_distillation=False, train_group_size=4,
        query_instruction_for_retrieval="", query_instruction_format="{}{}",
        passage_instruction_for_retrieval=None, passage_instruction_format="{}{}",
    )  # fmt: skip


def same_dataset(data: Any, process: int = 0, processes: int = 1) -> RepeatableSameDataset:
    return RepeatableSameDataset(
        args=data, default_batch_size=9, seed=5, tokenizer=None, process_index=process, num_processes=processes,
    )  # fmt: skip


def test_batches_are_flag_embeddings_own_epoch_by_epoch(data: Any):
    theirs: Any = AbsEmbedderSameDatasetTrainDataset(data, 9, 5, None)
    ours = same_dataset(data)
    for epoch in range(3):
        ours.set_epoch(epoch)
        assert len(ours) == len(theirs) == 6
        for item in range(6):
            queries, passages, _, no_in_batch_negatives = ours[item]
            assert queries == theirs[item][0]
            assert (len(queries), len(passages), no_in_batch_negatives) == (4, 16, True)
        theirs.refresh_epoch()


def test_a_batch_is_the_same_however_one_comes_to_it(data: Any):
    through = same_dataset(data)
    through.set_epoch(0)
    for item in range(6):
        _ = through[item]
    through.set_epoch(1)
    expected = [through[item] for item in range(6)]
    random.seed(1)
    straight = same_dataset(data)
    straight.set_epoch(1)
    assert [straight[item] for item in (3, 4, 5)] == expected[3:]


def test_epochs_and_seeds_draw_other_groups(data: Any):
    dataset = same_dataset(data)
    first = dataset[0]
    dataset.set_epoch(1)
    assert dataset[0] != first


def test_what_it_draws_takes_nothing_from_the_random_numbers_of_others(data: Any):
    dataset = same_dataset(data)
    random.seed(3)
    before = random.getstate()
    _ = dataset[2]
    assert random.getstate() == before


def test_two_processes_share_each_batch(data: Any):
    parts = [same_dataset(data, process, 2) for process in (0, 1)]
    assert len(parts[0]) == 6
    seen = [query for item in range(6) for query in parts[item % 2][item][0]]
    assert len(seen) == len(set(seen)) == 24


def test_rows_of_the_plain_data_set_are_the_same_however_one_comes_to_them(data: Any):
    through, straight = RepeatableDataset(data, None, 5), RepeatableDataset(data, None, 5)
    rows = [through[item] for item in range(len(through))]
    assert [straight[item] for item in (20, 3)] == [rows[20], rows[3]]
    straight.set_epoch(1)
    assert [straight[item] for item in range(26)] != rows
