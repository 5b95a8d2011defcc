"""One machine taken away in the middle of the first comment; `python -m tests.kills` has all points."""

from tests.kills.points import POINTS, VALIDATE, Point
from tests.kills.trying import Bench

MOST = 30  # points there are at least


def test_a_check_whose_machine_went_away_ends_as_if_it_had_not_once_somebody_retries(tmp_path):
    point = Point("checked", "open", VALIDATE, "report", "Say what", writes=2)
    result = Bench(tmp_path).try_point(point)
    assert result.complaint == ""
    assert result.meanwhile == (
        "nothing; answered: **Checking again.** The comment on each model says what was found."
    )


def test_every_point_has_a_name_of_its_own():
    names = [point.name for point in POINTS]
    assert len(set(names)) == len(names) >= MOST
