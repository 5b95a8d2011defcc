"""A positive and negatives for each labelled row, drawn by seed; the texts stay on disk."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from runners.finetuning.row_store import Hashes, Numbers

_TRIES = 8  # draws of a positive with another text, before all candidates are looked at


@dataclass(frozen=True)
class Pair:
    """A row, another row of its label, and rows of other labels; numbers as in `rows` of Pairs."""

    row: int
    positive: int
    negatives: tuple[int, ...]


class Pairs:
    """Pairs of rows for training, one for each row that can have one.

    A positive is drawn from the other rows of the label, one with another text where there is one. Negatives are drawn
    uniformly from all rows of other labels, as in the published experiment, so that a large label gives more of them;
    no text stands twice among them while there are others, and none is the row's own or its positive's.

    Args:
        rows: numbers of the rows, (rows,).
        labels: their labels, (rows,).
        hashes: equal for equal texts, (rows,).
        negatives: how many each row gets.
        seed: decides every draw.
        mined: for each row the places in `rows` of negatives to take instead, (rows, negatives); -1 for none. One with
            the row's own text, or its positive's, is not taken.
    """

    def __init__(
        self,
        rows: Numbers,
        labels: Numbers,
        hashes: Hashes,
        *,
        negatives: int,
        seed: int,
        mined: npt.NDArray[np.int32] | None = None,
    ) -> None:
        self._count, self._mined = negatives, mined
        self._draw = random.Random(seed)  # noqa: S311 - no secret; drawing a few of many takes it no time
        by_label = np.argsort(labels, kind="stable")
        counts = np.bincount(labels) if len(labels) else np.zeros(0, np.int64)
        self._alike, self._texts = by_label, hashes
        # views give plain numbers, many times faster than arrays do
        self._row, self._label, self._text = map(_plain, (rows, labels, hashes))
        self._by_label = _plain(by_label)
        self._begins, self._ends = (np.cumsum(counts) - counts).tolist(), np.cumsum(counts).tolist()

    def __len__(self) -> int:
        return len(self._row)

    def __iter__(self) -> Iterator[Pair | None]:
        """For each row its pair, or None where it can have none."""
        for place in range(len(self._row)):
            positive = self._positive(place)
            negatives = [] if positive is None else self._negatives(place, positive)
            if positive is None or not negatives:
                yield None
                continue
            drawn = islice(cycle(negatives), self._count)
            numbers = tuple(self._row[other] for other in drawn)
            yield Pair(self._row[place], self._row[positive], numbers)

    def _positive(self, place: int) -> int | None:
        begin, end = self._begins[self._label[place]], self._ends[self._label[place]]
        if end - begin == 1:
            return None
        for _ in range(_TRIES):
            other = self._by_label[self._draw.randrange(begin, end)]
            if self._text[other] != self._text[place]:
                return other
        alike = self._alike[begin:end]
        candidates = alike[self._texts[alike] != self._texts[place]]
        if not len(candidates):
            candidates = alike[alike != place]
        return int(candidates[self._draw.randrange(len(candidates))])

    def _negatives(self, place: int, positive: int) -> list[int]:
        """Places of negatives, at most as many as wanted; fewer where there are no more texts."""
        own = {self._text[place], self._text[positive]}
        if self._mined is not None:
            found = map(int, self._mined[place])
            return [other for other in found if other >= 0 and self._text[other] not in own]
        begin, end = self._begins[self._label[place]], self._ends[self._label[place]]
        others = len(self._row) - (end - begin)
        drawn: list[int] = []
        for tried in (self._count, 8 * self._count, others):
            seen, drawn = set(own), []
            for at in self._draw.sample(range(others), min(tried, others)):
                other = self._by_label[at if at < begin else at + end - begin]
                if self._text[other] not in seen:
                    seen.add(self._text[other])
                    drawn.append(other)
            if len(drawn) >= self._count or tried >= others:
                break
        return drawn[: self._count]


def _plain(numbers: npt.NDArray[Any]) -> "memoryview[int]":
    return np.ascontiguousarray(numbers).data
