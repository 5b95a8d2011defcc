"""Which training is the submission's: decided by what nobody is ranked by."""

from collections.abc import Sequence
from typing import Literal

from runners.finetuning.trainings import Outcome

By = Literal["only", "held_out", "first"]


def chosen(outcomes: Sequence[Outcome]) -> tuple[Outcome, By] | None:
    """The one with the best held-out score, the first of equals; None where no training ended.

    Scores of the tasks decide nothing: the best of many trainings on the test data would look better than it is.
    """
    ended = [one for one in outcomes if one.weights]
    if len(ended) <= 1:
        return (ended[0], "only") if ended else None
    scored = [(one.held_out_score, one) for one in ended]
    known = [(score, one) for score, one in scored if score is not None]
    if not known:
        return ended[0], "first"
    return max(known, key=lambda each: each[0])[1], "held_out"
