"""Which training is the submission's: decided by what nobody is ranked by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runners.finetuning.trainings import Outcome


@dataclass(frozen=True)
class Choice:
    """A training, and what it was chosen by."""

    outcome: Outcome
    by: Literal["only", "held_out", "first"]

    def record(self) -> dict[str, str | int]:
        """As a report has it."""
        training = self.outcome.training
        return {"variant": training.variant, "seed": training.seed, "by": self.by}


def chosen(outcomes: Sequence[Outcome]) -> Choice | None:
    """The one with the best held-out score, the first of equals; None where no training ended.

    Scores of the tasks decide nothing: the best of many trainings on the test data would look better than it is.
    """
    ended = [one for one in outcomes if one.weights]
    if len(ended) <= 1:
        return Choice(ended[0], "only") if ended else None
    scored = [(one.held_out_score, one) for one in ended]
    known = [(score, one) for score, one in scored if score is not None]
    if not known:
        return Choice(ended[0], "first")
    return Choice(max(known, key=lambda each: each[0])[1], "held_out")
