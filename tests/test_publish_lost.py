"""Answers that get lost on the way to `mteb-bot publish`: nothing is done twice, and the run goes on."""

from time import monotonic

import pytest
from publish_world import README, World, new_world

from tests.standins.faults import Fault, Kind

LOST = [Kind.RESET_APPLIED, Kind.ERROR_500_APPLIED, Kind.TRUNCATED]
OPENING = 9  # the request that opens a pull request


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def spoilt(world: World, kind: Kind, at: int, path: str):
    """Publish with a fault at one request, which is one of `path`."""
    world.server.inject(Fault(kind, at))
    said = world.publish()
    assert path in said.requests[at - 1].path
    world.server.clear()
    return said


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_to_the_opening_opens_no_second_pull_request(world, kind):
    said = spoilt(world, kind, OPENING, "/commit/main")
    assert said.out.startswith("opened: The results are in [pull request 1](")
    assert [pull["status"] for pull in world.pulls] == ["open"]
    assert world.publish().writes == []


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_to_a_push_pushes_no_second_merge(world, kind):
    world.publish()
    world.owner_commits({"README.md": README + b"More.\n"})
    said = spoilt(world, kind, 9, "git-receive-pack")
    assert said.out.startswith("updated: ")
    merges = world.model.git.git("rev-list", "--merges", "refs/pr/1").decode().split()
    assert len(merges) == 1
    assert world.publish().writes == []


@pytest.mark.parametrize("at", [3, 4, 5])
@pytest.mark.parametrize("kind", [Kind.ERROR_502, Kind.RESET, Kind.TRUNCATED])
def test_a_fetch_that_fails_is_tried_again(world, kind, at):
    said = spoilt(world, kind, at, "upload-pack")
    assert said.out.startswith("opened: ")
    assert len(world.pulls) == 1


@pytest.mark.parametrize("kind", [Kind.LIMIT_429, Kind.LIMIT_403])
def test_a_limit_on_git_is_waited_for_as_long_as_the_hub_asks(world, kind):
    begun = monotonic()
    said = spoilt(world, kind, 4, "upload-pack")
    assert monotonic() - begun > 1
    assert said.out.startswith("opened: ")


def test_a_fetch_that_stalls_ends_in_time(world):
    begun = monotonic()
    said = spoilt(world, Kind.STALL, 5, "upload-pack")
    assert monotonic() - begun < 12  # one silence, not as long as the slowest command may take
    assert said.out.startswith("opened: ")


def test_a_hub_that_stays_silent_is_told_and_the_next_run_goes_on(world):
    world.server.inject(Fault(Kind.ERROR_502, 4, times=100))
    said = world.publish(code=4)
    assert said.err == (
        "mteb-bot: the Hub was asked 5 times and did not answer as it should: git: HTTP 502\n"
        "  fix: run the same command again later; it goes on where it stopped\n"
    )
    world.server.clear()
    assert world.publish().out.startswith("opened: ")
