"""Artifacts come over the network: from a host that gets no token, and never more than is allowed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from collect_made import zipped
from collect_world import BOARD, Evaluated, Storage, evaluated, stored_elsewhere
from werkzeug import Response

from bot.artifacts.limits import Limits
from tests.standins.faults import Fault, Kind


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evaluated]:
    with evaluated(tmp_path, monkeypatch) as one:
        yield one


@pytest.fixture
def storage(world: Evaluated, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    with stored_elsewhere(world, monkeypatch) as one:
        yield one


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Limits:
    limits = Limits(archive=20_000, artifacts=5)
    monkeypatch.setattr("bot.github_api.artifacts.Limits", lambda: limits)
    return limits


def refusals(world: Evaluated) -> list[str]:
    """What the collected report says of artifacts."""
    report = world.read("report.json")
    errors = [report["error"], *(task["error"] for task in report["tasks"])]
    return [error["message"] for error in errors if error]


def test_the_storage_never_sees_the_token(
    world: Evaluated, storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    netrc = world.folder / "netrc"
    netrc.write_text("machine localhost login bot password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert world.collect() == 0
    assert world.said["state"] == "evaluated"
    assert len(storage.seen) == 3
    assert not any("Authorization" in headers for headers in storage.seen)


def test_what_announces_its_size_is_refused_before_it_is_loaded(
    world: Evaluated, storage: Storage, small: Limits
):
    world.leave("results-2", bytes(small.archive + 1))
    assert world.collect() == 0
    assert refusals(world) == ["artifact results-2: refused, as it has more than 20,000 bytes"]
    assert len(storage.seen) == 2


@pytest.mark.usefixtures("small")
def test_what_lies_about_its_size_is_cut_off(world: Evaluated, storage: Storage):
    sent = []

    def endless(_: bytes) -> Response:
        def chunks() -> Iterator[bytes]:
            for _ in range(10_000):
                sent.append(1)
                yield bytes(1_000_000)

        return Response(chunks(), headers={"Content-Length": str(10**10)})

    storage.answer_with = endless
    assert world.collect() == 0
    assert refusals(world) == ["artifact plan: refused, as it has more than 20,000 bytes"]
    assert len(sent) < 100


@pytest.mark.usefixtures("small")
def test_what_packs_the_download_itself_is_cut_off_too(world: Evaluated, storage: Storage):
    import gzip

    bomb = gzip.compress(bytes(50_000_000))
    storage.answer_with = lambda _: Response(bomb, headers={"Content-Encoding": "gzip"})
    assert world.collect() == 0
    assert refusals(world) == ["artifact plan: refused, as it has more than 20,000 bytes"]


def test_a_length_that_is_too_short_leaves_half_an_archive(world: Evaluated, storage: Storage):
    storage.answer_with = lambda content: Response(
        content[:-9], headers={"Content-Length": str(len(content) - 9)}
    )
    assert world.collect() == 0
    assert refusals(world) == ["artifact plan: refused, as it is no zip archive, or not all of it"]


def test_a_length_that_is_too_long_is_trouble_of_the_service(
    world: Evaluated, storage: Storage, capsys: pytest.CaptureFixture[str]
):
    storage.answer_with = lambda content: Response(
        iter([content]), headers={"Content-Length": str(len(content) + 9)}
    )
    assert world.collect() == 4
    assert "GitHub was asked 5 times and did not answer as it should" in capsys.readouterr().err
    assert not world.output.exists()


def test_an_address_that_went_stale_is_asked_for_again(world: Evaluated, storage: Storage):
    honest, answers = storage.answer_with, []

    def once_stale(content: bytes) -> Response:
        answers.append(content)
        return Response("expired", 403) if len(answers) == 1 else honest(content)

    storage.answer_with = once_stale
    assert world.collect() == 0
    assert world.said["state"] == "evaluated"


@pytest.mark.parametrize("place", ["/round", "file:///etc/passwd", "ftp://localhost/x"])
def test_a_storage_that_sends_elsewhere_for_ever_or_to_files_is_given_up(
    world: Evaluated, storage: Storage, place: str, capsys: pytest.CaptureFixture[str]
):
    storage.zips["/round"] = b""
    storage.answer_with = lambda _: Response(status=302, headers={"Location": place})
    assert world.collect() == 4
    assert len(storage.seen) <= 15
    assert "root:" not in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_too_many_artifacts_are_not_even_listed_to_the_end(world: Evaluated):
    for number in range(10):
        world.leave(f"results-{number + 10}", zipped({"x": b""}))
    assert world.collect() == 0
    assert refusals(world) == [
        "artifact (all of them): refused, as the run left more than 5 artifacts"
    ]


def test_artifacts_that_expired_leave_what_was_said_alone(
    world: Evaluated, capsys: pytest.CaptureFixture[str]
):
    for artifact in world.github.world.repository(BOARD).artifacts:
        artifact.content = None
    assert world.collect() == 3
    assert capsys.readouterr().err == (
        f"mteb-bot: GitHub keeps what run {world.run.id} left no longer\n"
        "  fix: comment `/evaluate` to measure again\n"
    )
    assert not world.output.exists()


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.RESET, Kind.TRUNCATED])
@pytest.mark.parametrize("at", range(1, 14, 3))
def test_trouble_on_the_way_is_waited_out(world: Evaluated, kind: Kind, at: int):
    assert world.collect() == 0
    before = {name: (world.output / name).read_bytes() for name in world.written}
    from bot.cli import main

    world.board.server.clear()
    world.board.server.inject(Fault(kind, at))
    words = ["--run", str(world.run.id), "--output", str(world.output)]
    assert main(["collect", *words]) == 0
    assert {name: (world.output / name).read_bytes() for name in world.written} == before
