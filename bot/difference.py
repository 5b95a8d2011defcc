"""When is one score better than another: scores with their standard errors, and what a difference is worth."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from statistics import fmean

from bot.scores import SubsetScore

STANDARD_ERRORS = 2.0  # a difference counts from twice its standard error on
ALARM = 0.001  # where no noise is known: the difference mteb's own checks of results alarm at
ROUNDING = 1e-9  # differences this small are floating point, not measurement


class Change(Enum):
    """What became of a score. SAME is the bottom, MIXED the top of a lattice under `join`."""

    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"

    def join(self, other: "Change") -> "Change":
        """The change of both together: SAME joined with any is that one, BETTER with WORSE is MIXED."""
        if self is other or other is Change.SAME:
            return self
        return other if self is Change.SAME else Change.MIXED


@dataclass(frozen=True)
class Estimate:
    """A mean main score (a fraction), and its standard error where it is known."""

    value: float
    standard_error: float | None = None


@dataclass(frozen=True)
class Difference:
    """Candidate minus baseline, as fractions.

    The estimates are independent, unless `paired_error` is given: the standard error of the difference over draws that
    both share.
    """

    candidate: Estimate
    baseline: Estimate
    paired_error: float | None = None

    @property
    def value(self) -> float:
        """How much higher the candidate scores."""
        return self.candidate.value - self.baseline.value

    @property
    def standard_error(self) -> float | None:
        """Standard error of the difference; None unless both sides have one."""
        if self.paired_error is not None:
            return self.paired_error
        errors = (self.candidate.standard_error, self.baseline.standard_error)
        return None if errors[0] is None or errors[1] is None else math.hypot(errors[0], errors[1])

    @property
    def threshold(self) -> float:
        """The largest difference that counts as none."""
        error = self.standard_error
        return ALARM if error is None else STANDARD_ERRORS * error

    @property
    def change(self) -> Change:
        """BETTER or WORSE beyond the threshold, else SAME."""
        if abs(self.value) <= self.threshold + ROUNDING:
            return Change.SAME
        return Change.BETTER if self.value > 0 else Change.WORSE


def mean(estimates: Iterable[Estimate]) -> Estimate:
    """Mean of independent estimates; its standard error is known only if each one's is."""
    parts = list(estimates)
    known = [part.standard_error for part in parts if part.standard_error is not None]
    return Estimate(
        fmean(part.value for part in parts),
        math.hypot(*known) / len(parts) if len(known) == len(parts) else None,
    )


def task_estimate(subsets: Iterable[SubsetScore]) -> Estimate:
    """A task's main score: the mean over all split and subset pairs, each with equal weight, as mteb has it."""
    return mean(Estimate(subset.main_score, subset.standard_error) for subset in subsets)
