"""Others act while `mteb-bot publish` runs: main moves, the branch moves, a second bot publishes too."""

import subprocess
import sys
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from publish_world import BOT, MODEL, OWNER, README, meanwhile, new_world

from bot.publication.facts import MARKER


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def test_main_that_moves_while_the_bot_opens_is_merged_in_at_once(world):
    text = README + b"Meanwhile.\n"
    meanwhile(world, "/preupload/", lambda: world.owner_commits({"README.md": text}))
    assert world.publish().out.startswith("opened: ")
    first = ("log", "--grep=^Add MTEB results", "--format=%P", "refs/pr/1")
    assert world.model.git.git(*first).decode().split() == [world.mains[0]]  # what was read
    assert world.pulls[0]["contains_main"]
    assert b"Meanwhile." in world.read("README.md", 1)


def test_a_branch_that_moves_before_a_commit_is_looked_at_again(world):
    world.publish()
    world.measure(0.9, 0.7)
    meanwhile(world, "/preupload/", lambda: world.hub.edit_pull_file(MODEL, 1, "N.md", b"N", OWNER))
    said = world.publish()
    assert 412 in [each.status for each in said.requests]
    assert b"value: 90.0" in world.read("README.md", 1)
    assert world.read("N.md", 1) == b"N"


@pytest.mark.parametrize("path", ["/resolve/", "service=git-receive-pack"])
def test_a_branch_that_moves_before_a_push_is_looked_at_again(world, path):
    world.publish()
    world.owner_commits({"README.md": README + b"More.\n"})
    meanwhile(world, path, lambda: world.hub.edit_pull_file(MODEL, 1, "N.md", b"N", OWNER))
    assert world.publish().out.startswith("updated: ")
    assert b"More." in world.read("README.md", 1)
    assert world.read("N.md", 1) == b"N"
    assert world.publish().writes == []


def test_of_two_pull_requests_opened_at_once_the_first_stays(world):
    def other_bot() -> None:
        world.hub.open_pull(
            MODEL, {"mteb_results/STS12.json": b"{}"}, BOT, "Add MTEB results", MARKER
        )

    meanwhile(world, "/preupload/", other_bot)
    said = world.publish()
    assert said.out.startswith("opened: The results are in [pull request 1](")
    assert [pull["status"] for pull in world.pulls] == ["open", "closed"]
    assert world.model.discussions[2].events[-1].author == BOT
    assert b'"main_score": 0.7' in world.read("mteb_results/STS12.json", 1)
    assert world.publish().writes == []
    world.owner_merges(1)
    assert world.publish().out.startswith("merged: ")
    world.measure(0.9, 0.7)  # the duplicate was no answer of a person
    assert world.publish().out.startswith("opened: The results are in [pull request 3](")


def test_a_duplicate_that_the_other_bot_closes_first_is_closed_once(world):
    world.publish()
    world.hub.open_pull(MODEL, {}, BOT, "Add MTEB results", MARKER)
    meanwhile(world, "/resolve/", lambda: world.hub.close_pull(MODEL, 2, BOT))
    world.publish()
    closings = [e for e in world.model.discussions[2].events if e.kind == "status-change"]
    assert len(closings) == 1


def test_two_bots_at_once_leave_one_open_pull_request(world):
    both = Barrier(2, timeout=30)  # each has seen that there is none before either opens one

    def watch(exchange) -> None:
        if "/preupload/main" in exchange.path:
            with suppress(BrokenBarrierError):
                both.wait()

    world.server.watch = watch
    command = [
        sys.executable, "-c", "import sys; from bot.cli import main; sys.exit(main(sys.argv[1:]))",
        "publish", str(world.config), "--results", str(world.results),
    ]  # fmt: skip
    bots = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [bot.communicate(timeout=60)[0] for bot in bots]
    world.server.watch = None
    assert [bot.returncode for bot in bots] == [0, 0]
    assert [text.partition(" of")[0] for text in said] == [
        f"opened: The results are in [pull request 1]({world.server.url}/org/name/discussions/1)"
    ] * 2
    assert [pull["status"] for pull in world.pulls] == ["open", "closed"]
    assert world.publish().writes == []
