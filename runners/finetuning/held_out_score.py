"""kNN accuracy of rows that are not trained on: how well the embeddings tell labels apart while they change."""

import json
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

_NEIGHBOURS = 3
# Texts to be neighbours of: to encode them all would cost as much as an epoch.
_MOST_NEIGHBOURS = 1000
_FEWEST_PER_LABEL, _MOST_PER_LABEL = 4, 16

Encode = Callable[[Sequence[str]], Any]


class HeldOutScore:
    """Accuracy, 0 to 1, of held-out rows by their 3 nearest training rows (cosine), the same ones each time."""

    def __init__(self, training: Path, held_out: Path) -> None:
        self._texts, self._labels = _read(held_out)
        self._neighbours, self._their_labels = _some_of_each(*_read(training))

    def __call__(self, encode: Encode) -> float:
        """`encode` gives embeddings of unit length, (texts, dimensions), as a NumPy array."""
        from sklearn.neighbors import KNeighborsClassifier

        count = min(_NEIGHBOURS, len(self._neighbours))
        knn = KNeighborsClassifier(count, metric="cosine")
        knn.fit(encode(self._neighbours), self._their_labels)
        return float(knn.score(encode(self._texts), self._labels))


def _read(file: Path) -> tuple[list[str], list[int]]:
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["label"] for row in rows]


def _some_of_each(texts: Sequence[str], labels: Sequence[int]) -> tuple[list[str], list[int]]:
    """The first rows of every label, equally many as far as there are so many."""
    of_each = max(_MOST_NEIGHBOURS // max(len(set(labels)), 1), _FEWEST_PER_LABEL)
    of_each = min(of_each, _MOST_PER_LABEL)
    chosen: list[int] = []
    for label in sorted(set(labels)):
        chosen += islice((row for row, one in enumerate(labels) if one == label), of_each)
    return [texts[row] for row in chosen], [labels[row] for row in chosen]
