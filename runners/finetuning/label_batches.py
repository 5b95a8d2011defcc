"""Which labelled texts meet in a batch: every row once an epoch, so that each meets its like."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def label_batches(
    labels: Sequence[int] | Rows, size: int, texts_per_label: int, seed: int, epoch: int
) -> list[Rows]:
    """Batches of row numbers for one epoch, drawn by seed and epoch alone; at most `size` rows in each, usually.

    Rows of a label are dealt in clusters of `texts_per_label`, and batches are made of whole clusters: with many labels
    a batch that is drawn row by row would hold most labels once, and teach nothing. What is left of a label after its
    clusters joins its last one, so no text stands alone if its label has another. `texts_per_label` of 0 or 1 draws
    row by row.
    """
    draw = np.random.default_rng([seed, epoch])
    clusters = _clusters(np.asarray(labels), max(texts_per_label, 1), draw)
    return _shuffled(_packed(_shuffled(clusters, draw), size), draw)


def _clusters(labels: Rows, size: int, draw: np.random.Generator) -> list[Rows]:
    clusters: list[Rows] = []
    for label in np.unique(labels):
        rows = draw.permutation(np.flatnonzero(labels == label))
        clusters += np.split(rows, range(size, len(rows) - size + 1, size))
    return clusters


def _packed(clusters: Sequence[Rows], size: int) -> list[Rows]:
    """Clusters in their order, together as long as they fit; a last batch of one row joins the one before."""
    batches: list[list[Rows]] = []
    filled = size
    for cluster in clusters:
        if filled + len(cluster) > size:
            batches.append([])
            filled = 0
        batches[-1].append(cluster)
        filled += len(cluster)
    if len(batches) > 1 and filled == 1:
        batches[-2] += batches.pop()
    return [np.concatenate(batch) for batch in batches]


def _shuffled(parts: Sequence[Rows], draw: np.random.Generator) -> list[Rows]:
    return [parts[index] for index in draw.permutation(len(parts))]
