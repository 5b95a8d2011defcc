"""Negatives that are hard to tell apart: near the row as a model sees it, and of another label."""

import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from runners.finetuning.row_store import Hashes, Numbers
from runners.finetuning.training_data import SplitData
from runners.progress import Progress
from schemas.finetuning import HardNegatives

Vectors = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]
Embed = Callable[[Sequence[str]], Vectors]

_TEXTS_AT_ONCE = 1024
_MOST_CELLS = 2**23  # similarities at once: 32 MiB, and about as much again while they are ranked


def mined(
    part: SplitData, embed: Embed, ranks: HardNegatives, count: int, seed: int, progress: Progress
) -> Places:
    """For each training row `count` negatives for Pairs, (rows, count): places in `part.training`, -1 for none.

    Memory: all embeddings, and a bounded piece of the similarities.

    Args:
        part: labelled data.
        embed: gives the embeddings of some texts, (texts, dimensions).
        ranks: from which to which nearest text of another label negatives are drawn.
        count: negatives of a row.
        seed: decides the draws.
        progress: where it is told.
    """
    rows, store = part.training, part.data.rows
    vectors = np.empty((0, 0), np.float32)
    progress.phase(f"embedding {part.data.source.name} for hard negatives", len(rows))
    with store.reading() as read:
        for begin in range(0, len(rows), _TEXTS_AT_ONCE):
            some = rows[begin : begin + _TEXTS_AT_ONCE].tolist()
            piece = _unit(embed([json.loads(read(row)) for row in some]))
            if not begin:
                vectors = np.empty((len(rows), piece.shape[1]), np.float32)
            vectors[begin : begin + len(some)] = piece
            progress.encoded(begin + len(some), len(rows))
    progress.phase(f"hard negatives of {part.data.source.name}", len(rows), "rows")
    places = np.full((len(rows), count), -1, np.int32)
    draw, hashes = np.random.default_rng(seed), store.hashes[rows]
    for begin, nearest in _nearest(vectors, store.groups[rows], hashes, ranks.to):
        for place, row in enumerate(nearest, start=begin):
            places[place] = _drawn(row, hashes, ranks.from_, count, draw)
        progress.encoded(begin + len(nearest), len(rows))
    return places


def _nearest(
    vectors: Vectors, labels: Numbers, hashes: Hashes, most: int
) -> Iterator[tuple[int, list[Places]]]:
    """Piece by piece the first row's place, and for each row up to `most` of other labels and texts, nearest first."""
    total = len(vectors)
    most = min(most, total)
    at_once = max(1, _MOST_CELLS // max(total, 1))
    for begin in range(0, total, at_once):
        here = slice(begin, begin + at_once)
        cosines = vectors[here] @ vectors.T
        cosines[labels[here, None] == labels[None, :]] = -np.inf
        cosines[hashes[here, None] == hashes[None, :]] = -np.inf
        near = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
        its = np.take_along_axis(cosines, near, axis=1)
        order = np.lexsort((near, -its))
        rows = zip(
            np.take_along_axis(near, order, axis=1),
            np.take_along_axis(its, order, axis=1),
            strict=True,
        )
        yield begin, [places[np.isfinite(values)].astype(np.int32) for places, values in rows]


def _drawn(
    nearest: Places, hashes: Hashes, first: int, count: int, draw: np.random.Generator
) -> Places:
    """`count` places from rank `first` on; from nearer ones where too few are left, and again where there are no more."""
    if not len(nearest):
        return np.full(count, -1, np.int32)
    _, once = np.unique(hashes[nearest], return_index=True)
    texts = nearest[np.sort(once)]
    window = texts[first - 1 :]
    if len(window) < count:
        window = texts[-count:]
    return np.resize(draw.permutation(window)[:count], count)


def _unit(vectors: Vectors) -> Vectors:
    """Vectors of length 1; one without length stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
