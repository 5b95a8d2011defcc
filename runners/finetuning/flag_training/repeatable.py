"""FlagEmbedding's data sets, so that a training that was stopped goes on with the rows it would have seen.

As they are, the one that keeps batches within a data set counts batches itself and starts at the first again, and
both draw positives and negatives with random numbers that a resumed run has used up differently.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from FlagEmbedding.abc.finetune.embedder.AbsDataset import (
    AbsEmbedderSameDatasetTrainDataset,
    AbsEmbedderTrainDataset,
)
from transformers import TrainerCallback

_ALMOST = 1e-6


class RepeatableDataset(AbsEmbedderTrainDataset):
    """Rows; what is drawn for row i in an epoch is always the same."""

    def __init__(self, args: Any, tokenizer: Any, seed: int) -> None:
        super().__init__(args, tokenizer)
        self._seed, self._epoch = seed, 0

    def set_epoch(self, epoch: int) -> None:
        """The Trainer says which epoch it is."""
        self._epoch = epoch

    def __getitem__(self, item: int) -> Any:
        with _drawn_by(self._seed, self._epoch, item):
            return super().__getitem__(item)


class RepeatableSameDataset(AbsEmbedderSameDatasetTrainDataset):
    """Batches within a data set; item i of an epoch is always the same, its share that of process i mod processes."""

    def __init__(self, *args: Any, seed: int, **more: Any) -> None:
        self._seed, self._epoch = seed, 0
        super().__init__(*args, seed=seed, **more)
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffle as often as FlagEmbedding would have until this epoch; every shuffle goes on from the last."""
        self._epoch = epoch
        self.deterministic_generator = np.random.default_rng(self._seed)
        self.datasets_inxs = np.arange(len(self.each_data_idxs))
        for rows in self.each_data_idxs:
            rows.sort()
        for _ in range(epoch + 1):
            self.refresh_epoch()

    def __getitem__(self, item: int) -> Any:
        self.step, self.process_index = divmod(item, self.num_processes)
        with _drawn_by(self._seed, self._epoch, item):
            return super().__getitem__(item)


class TellsEpoch(TrainerCallback):
    """Tells a data set which epoch begins; accelerate does not where it skips batches of a resumed one."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def on_epoch_begin(self, _: Any, state: Any, __: Any, **___: Any) -> None:
        """A resumed epoch is told as a fraction."""
        self._dataset.set_epoch(int((state.epoch or 0) + _ALMOST))


@contextmanager
def _drawn_by(*numbers: int) -> Iterator[None]:
    """Random numbers that come from these alone; those of everybody else go on as if nothing had been drawn."""
    before = random.getstate()
    random.seed(" ".join(map(str, numbers)))
    try:
        yield
    finally:
        random.setstate(before)
