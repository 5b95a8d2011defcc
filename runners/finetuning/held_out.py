"""Which rows are kept from training, for a score that chooses among variants: of every label its share."""

import numpy as np
import numpy.typing as npt

from runners.finetuning.row_store import Numbers

_KEPT = 2  # rows of a label that stay for training: a text, and another one to be its positive


def held_out(labels: Numbers, count: int, seed: int) -> npt.NDArray[np.bool_]:
    """Mark `count` rows, drawn by seed; fewer where a label would lose more than half of its rows, or its last two.

    Shares are whole numbers by the largest remainder (Hamilton's method). `labels` and the marks are (rows,).
    """
    marks = np.zeros(len(labels), np.bool_)
    draw = np.random.default_rng(seed)
    names, counts = np.unique(labels, return_counts=True)
    for label, share in zip(names, shares(counts, count), strict=True):
        rows = np.flatnonzero(labels == label)
        marks[draw.permutation(rows)[:share]] = True
    return marks


def shares(counts: Numbers, total: int) -> Numbers:
    """`total` dealt to labels in proportion to their `counts`, none above what it may give; (labels,)."""
    most = np.maximum(np.minimum(counts // 2, counts - _KEPT), 0)
    dealt = np.zeros_like(counts)
    while missing := min(total, int(most.sum())) - int(dealt.sum()):
        weights = np.where(dealt < most, counts, 0)
        step, remainders = np.divmod(missing * weights, weights.sum())
        largest = np.argsort(-remainders, kind="stable")  # the first label at a tie
        step[largest[: missing - int(step.sum())]] += 1
        dealt = np.minimum(dealt + step, most)
    return dealt
