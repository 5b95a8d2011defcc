"""kNN accuracy of rows that are not trained on: how well the embeddings tell labels apart while they change."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

_NEIGHBOURS = 3
# Texts to be neighbours of: to encode them all would cost as much as an epoch.
_MOST_NEIGHBOURS = 1000
_FEWEST_PER_LABEL, _MOST_PER_LABEL = 4, 16

Encode = Callable[[Sequence[str]], Any]
Row = tuple[str, int]  # text and label


class HeldOutScore:
    """Accuracy, 0 to 1, of held-out rows by their 3 nearest training rows (cosine), the same ones each time."""

    def __init__(self, training: Path, held_out: Path) -> None:
        self._texts, self._labels = _columns(_rows(held_out))
        self._neighbours, self._their_labels = _columns(_some_of_each(_rows(training)))

    def __call__(self, encode: Encode) -> float:
        """`encode` gives embeddings of unit length, (texts, dimensions), as a NumPy array."""
        from sklearn.neighbors import KNeighborsClassifier

        count = min(_NEIGHBOURS, len(self._neighbours))
        knn = KNeighborsClassifier(count, metric="cosine")
        knn.fit(encode(self._neighbours), self._their_labels)
        return float(knn.score(encode(self._texts), self._labels))


def _rows(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["text"], row["label"]


def _columns(rows: Iterable[Row]) -> tuple[list[str], list[int]]:
    kept = list(rows)
    return [text for text, _ in kept], [label for _, label in kept]


def _some_of_each(rows: Iterable[Row]) -> list[Row]:
    """The first rows of every label, equally many as far as there are so many; the others are not kept."""
    first: dict[int, list[str]] = defaultdict(list)
    for text, label in rows:
        if len(first[label]) < _MOST_PER_LABEL:
            first[label].append(text)
    of_each = max(_MOST_NEIGHBOURS // max(len(first), 1), _FEWEST_PER_LABEL)
    return [(text, label) for label in sorted(first) for text in first[label][:of_each]]
