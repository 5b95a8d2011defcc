"""The scale of a chart: 0 to 1 in fifths, wider only where scores lie outside."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

_STEP = 0.2


@dataclass(frozen=True)
class Scale:
    """From `low` to `high` in fractions; `ticks` are `low`, `high` and the fifths between."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, score: float) -> float:
        """How far along the scale a score lies, 0 to 1."""
        return (score - self.low) / (self.high - self.low)


def scale_of(series: Mapping[str, Mapping[str, float]]) -> Scale:
    """The scale that holds every score; always the same for scores of 0 to 1, so that charts compare."""
    scores = [score for scores in series.values() for score in scores.values()]
    low = min(0, math.floor(min(scores) / _STEP))
    high = max(5, math.ceil(max(scores) / _STEP))
    # A score far outside gets wider steps, not a hundred rings.
    every = math.ceil((high - low) / 10)
    ticks = {low, high, *range(-(-low // every) * every, high, every)}
    fractions = tuple(round(tick * _STEP, 10) for tick in sorted(ticks))
    return Scale(fractions[0], fractions[-1], fractions)
