"""A few of the many points of `make faults`: a bot that is disturbed, killed or raced ends as if it were not."""

import pytest

from tests.faults.points import DOWN, KILL, Bench, Point
from tests.faults.races import races
from tests.faults.scenarios import SCENARIOS
from tests.standins.faults import Kind

POINTS = (  # the request is a share of the way from the first to the last
    ("first report, evaluated", 0.5, Kind.RESET_APPLIED),
    ("first report, evaluated", 0.7, KILL),
    ("first report, evaluated", 0.3, DOWN),
    ("first publish", 0.8, Kind.TRUNCATED),
    ("first publish", 0.8, KILL),
    ("publish after main moved", 0.9, KILL),
    ("publish after main moved", 0.7, Kind.ERROR_500_APPLIED),
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with Bench(tmp_path_factory.mktemp("faults")) as bench:
        yield bench


@pytest.fixture(scope="module")
def requests(bench):
    names = {name for name, _, _ in POINTS}
    return {one.name: len(bench.prepare(one)) for one in SCENARIOS if one.name in names}


@pytest.mark.parametrize(("name", "share", "trouble"), POINTS)
def test_a_disturbed_run_and_one_more_end_as_an_undisturbed_one(
    bench, requests, name, share, trouble
):
    scenario = next(one for one in SCENARIOS if one.name == name)
    request = max(1, round(share * requests[name]))
    assert bench.complaint(Point(scenario, request, trouble)) == ""


def test_two_bots_at_once_end_with_one_comment_and_one_pull_request(bench, requests):
    raced = [one for one in SCENARIOS if one.name in requests]
    assert [complaint for _, complaint in races(bench, raced, 1, seed=1)] == ["", ""]
