"""Which labelled texts meet in a batch: every row once an epoch, so that each meets its like."""

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def label_batches(
    labels: Sequence[int] | Rows, size: int, texts_per_label: int, seed: int, epoch: int
) -> list[Rows]:
    """Batches of row numbers for one epoch, drawn by seed and epoch alone; as many of them in each epoch.

    Rows of a label are dealt in clusters of `texts_per_label`, and batches are made of whole clusters: with many labels
    a batch that is drawn row by row would hold most labels once, and teach nothing. What is left of a label after its
    clusters joins its last one, so no text stands alone if its label has another. `texts_per_label` of 0 or 1 draws
    row by row. Batches have `size` rows or fewer, but for clusters that do not fit: then some have a few more.
    """
    draw = np.random.default_rng([seed, epoch])
    clusters = _shuffled(_clusters(np.asarray(labels), max(texts_per_label, 1), draw), draw)
    count = min(-(-len(labels) // size), len(clusters))
    return _shuffled(_dealt(clusters, count), draw)


def _clusters(labels: Rows, size: int, draw: np.random.Generator) -> list[Rows]:
    clusters: list[Rows] = []
    for label in np.unique(labels):
        rows = draw.permutation(np.flatnonzero(labels == label))
        clusters += np.split(rows, range(size, len(rows) - size + 1, size))
    return clusters


def _dealt(clusters: Sequence[Rows], count: int) -> list[Rows]:
    """`count` batches, each cluster given to the smallest so far."""
    batches: list[list[Rows]] = [[] for _ in range(count)]
    smallest = [(0, number) for number in range(count)]
    for cluster in clusters:
        filled, number = heappop(smallest)
        batches[number].append(cluster)
        heappush(smallest, (filled + len(cluster), number))
    return [np.concatenate(batch) for batch in batches]


def _shuffled(parts: Sequence[Rows], draw: np.random.Generator) -> list[Rows]:
    return [parts[index] for index in draw.permutation(len(parts))]
