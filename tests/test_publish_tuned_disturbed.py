"""Publishing tuned weights is stopped, or loses answers: the next run ends as if nothing had happened."""

import pytest
from tuned_world import NEW, tuned_world

from tests.standins.faults import Fault, Kind


def undisturbed(tmp_path, monkeypatch, capsys):
    """Paths of the requests of a whole run, and what it leaves."""
    with tuned_world(tmp_path, monkeypatch, capsys) as world:
        world.leave(NEW)
        return [each.path for each in world.publish().requests], world.state


def disturbed(world, fault, expected):
    """A fault at one request, whatever comes of it, then one more run."""
    world.leave(NEW)
    world.server.inject(fault)
    down = fault.times > 1
    said = world.publish(code=4 if down else 0)
    assert down or said.out.startswith("merged: ")
    world.server.clear()
    assert world.publish().out.startswith("merged: ")
    assert world.state == expected


@pytest.mark.parametrize("path", ["/api/repos/create", "/large-files/", "/commit/main"])
def test_an_answer_that_gets_lost_makes_nothing_twice(tmp_path, monkeypatch, capsys, path):
    paths, expected = undisturbed(tmp_path / "whole", monkeypatch, capsys)
    at = next(number for number, each in enumerate(paths, start=1) if path in each)
    with tuned_world(tmp_path / "lost", monkeypatch, capsys) as world:
        disturbed(world, Fault(Kind.RESET_APPLIED, at), expected)


def test_stopped_between_repository_and_model_the_next_run_goes_on(tmp_path, monkeypatch, capsys):
    paths, expected = undisturbed(tmp_path / "whole", monkeypatch, capsys)
    at = paths.index("/api/repos/create") + 2
    with tuned_world(tmp_path / "stopped", monkeypatch, capsys) as world:
        disturbed(world, Fault(Kind.ERROR_502, at, times=1000), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        (Kind.ERROR_502, 1000),
        (Kind.RESET_APPLIED, 1),
        (Kind.TRUNCATED, 1),
        (Kind.ERROR_500_APPLIED, 1),
    ],
)
def test_disturbed_at_any_request_it_ends_as_if_nothing_had_happened(
    tmp_path, monkeypatch, capsys, kind, times
):
    paths, expected = undisturbed(tmp_path / "whole", monkeypatch, capsys)
    for at in range(1, len(paths) + 1):
        with tuned_world(tmp_path / str(at), monkeypatch, capsys) as world:
            disturbed(world, Fault(kind, at, times=times), expected)
