"""A claimed score is confirmed by the measurement, contradicted by it, or not measured."""

import pytest
from made import model_results, task_scores

from bot.claims import Finding, check_claims
from schemas.submission import Claim


@pytest.mark.parametrize(
    ("claimed", "repeats", "expected"),
    [
        (0.501, (), Finding.CONFIRMED),
        (0.4989, (), Finding.DIFFERS),
        (0.51, (0.48, 0.52), Finding.CONFIRMED),  # standard error 0.02
        (0.545, (0.48, 0.52), Finding.DIFFERS),
        (0.5009, (0.5, 0.5), Finding.CONFIRMED),
    ],
)
def test_a_claim_holds_within_the_alarm_or_two_standard_errors(claimed, repeats, expected):
    results = model_results("a/a", task_scores("T", 0.5, repeats=repeats))
    (check,) = check_claims([Claim("T", claimed)], results)
    assert check.finding is expected


def test_a_claim_about_a_task_without_score_is_not_measured():
    (check,) = check_claims([Claim("T", 0.5)], model_results("a/a"))
    assert (check.finding, check.measured) == (Finding.NOT_MEASURED, None)
