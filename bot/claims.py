"""Scores a submitter claims against those that were measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bot.difference import ALARM, ROUNDING, STANDARD_ERRORS, Estimate, task_estimate
from bot.model_results import ModelResults
from schemas.submission import Claim


class Finding(Enum):
    """What the measurement says about a claim."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class ClaimCheck:
    """One claimed main score (a fraction) beside the measured one."""

    task: str
    claimed: float
    measured: Estimate | None

    @property
    def finding(self) -> Finding:
        """CONFIRMED within 0.001 or two standard errors of the measurement, whichever is more."""
        if self.measured is None:
            return Finding.NOT_MEASURED
        noise = STANDARD_ERRORS * (self.measured.standard_error or 0.0)
        near = abs(self.measured.value - self.claimed) <= max(ALARM, noise) + ROUNDING
        return Finding.CONFIRMED if near else Finding.DIFFERS


def check_claims(claims: Iterable[Claim], results: ModelResults) -> tuple[ClaimCheck, ...]:
    """Each claim beside the measured score of its task."""
    return tuple(
        ClaimCheck(
            claim.task,
            claim.main_score,
            task_estimate(task.subsets) if (task := results.tasks.get(claim.task)) else None,
        )
        for claim in claims
    )
