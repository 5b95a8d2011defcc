"""What `mteb-bot publish` leaves is what `mteb-bot verify` asks for, before and after the owner merges it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from publish_world import MODEL, World, new_world

from bot.cli import main
from schemas.mteb_index import mteb_index


@pytest.fixture
def world(tmp_path: Path, monkeypatch: Any, capsys: Any) -> Iterator[World]:
    with new_world(tmp_path, monkeypatch, capsys) as made:
        made.settings["radar_chart"] = True
        yield made


def measure(world: World, *scores: float) -> None:
    """Leave a report on the data that mteb has for each task."""
    world.measure(*scores)
    path = world.results / "report.json"
    report = json.loads(path.read_text())
    for task in report["tasks"]:
        known = mteb_index().task(task["name"])
        task["dataset"]["id"] = known.dataset_id
        task["main_metric"] = known.main_score
    path.write_text(json.dumps(report))
    (world.results / "results").mkdir(exist_ok=True)


def verify(world: World) -> tuple[int, dict[str, str]]:
    """Exit code, and the rows that are not ok with their states."""
    code = main(["verify", MODEL, "--results", str(world.results), "--format", "json"])
    rows = json.loads(world.capsys.readouterr().out)["rows"]
    return code, {row["id"]: row["state"] for row in rows if row["state"] != "ok"}


def test_what_was_published_is_public_once_it_is_merged(world):
    measure(world, 0.8, 0.7)
    assert verify(world)[0] == 1
    world.publish()
    waiting = dict.fromkeys(("hub-pull-request", "results-path", "results-block"), "too early")
    assert verify(world) == (0, waiting)
    world.owner_merges(1)
    assert verify(world) == (0, {})


def test_an_update_is_public_once_it_is_merged_too(world):
    measure(world, 0.8, 0.7)
    world.publish()
    world.owner_merges(1)
    measure(world, 0.9, 0.7)
    assert verify(world) == (1, {"results-expected": "not ok"})
    world.publish()
    assert verify(world) == (0, {"hub-pull-request": "too early", "results-expected": "too early"})
    world.owner_merges(2)
    assert verify(world) == (0, {})
