"""Hostile artifacts: each is refused with one line that names artifact, entry and rule, and harms nobody else."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from collect_made import FIRST, FOLDER, PULL, SECOND, SHA, MadeRun, files, measured, zipped
from conversation_made import CONFIG, config
from hostile_artifacts import ATTACKS, Attack

from bot.artifacts.archive import Names, open_archive
from bot.artifacts.gathering import Gathered
from bot.artifacts.limits import Limits
from bot.artifacts.refusal import RefusedArtifact
from schemas.plan import PlannedTask, Shard


@pytest.fixture
def run(tmp_path: Path) -> MadeRun:
    return MadeRun(tmp_path / "root")


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_hostile_artifact_is_refused(run: MadeRun, tmp_path: Path, attack: Attack):
    honest = files(measured(run.plan, 2, 0.2))
    run.artifacts["results-2"] = attack.make(honest)
    there = sorted(tmp_path.rglob("*"))
    gathered = run.collect()
    assert sorted(tmp_path.rglob("*")) == there
    assert gathered.collected.state == "failed"
    (message,) = gathered.found.refusals
    where = f"artifact results-2, {attack.entry}" if attack.entry else "artifact results-2"
    assert message.startswith(f"{where}: refused, as {attack.rule}")
    assert message.isprintable()
    _only_shard_2_is_lost(gathered, message)


def _only_shard_2_is_lost(gathered: Gathered, message: str) -> None:
    report = json.loads(gathered.files["report.json"])
    first, second = report["tasks"]
    assert (first["name"], first["status"]) == (FIRST, "completed")
    assert (second["name"], second["status"], second["result"]) == (SECOND, "failed", None)
    assert second["error"]["kind"] == "infrastructure"
    assert second["error"]["message"] == message
    assert sorted(name for name in gathered.files if name.startswith("results/")) == [
        f"{FOLDER}/{FIRST}.json",
        f"{FOLDER}/model_meta.json",
        f"{FOLDER}/run_settings.jsonl",
    ]


def test_the_honest_artifact_of_the_table_is_taken(run: MadeRun):
    run.artifacts["results-2"] = zipped(files(measured(run.plan, 2, 0.2)))
    assert run.collect().collected.state == "evaluated"


def test_whatever_becomes_of_an_archive_it_is_read_or_refused(run: MadeRun):
    honest = zipped(files(measured(run.plan, 2, 0.2)))
    anything, dice = Names(re.compile(".*")), Random(1)  # noqa: S311 -- the same each time
    read = 0
    for _ in range(1000):
        content = bytearray(honest)
        place = dice.randrange(len(content) - dice.choice([600, len(content)]), len(content))
        content[place : place + dice.randrange(4)] = dice.randbytes(dice.randrange(4))
        try:
            archive = open_archive(io.BytesIO(content), "results-2", anything)
            read += sum(bool(archive.read(name)) for name in archive.names) == 3
        except RefusedArtifact:
            continue
    assert 50 < read < 500, "the dice change what matters, and what does not"


PLANS = {
    "another pull request": ({"pull": 8}, f"its pull request is 8, not {PULL}"),
    "another commit": ({"head_sha": "6" * 40}, f"its commit is {'6' * 40}, not {SHA}"),
    "another config": (
        {"config": "models/org/other.yaml"},
        f"its config is models/org/other.yaml, not {CONFIG}",
    ),
    "another config's bytes": (
        {"config_sha256": "0" * 64},
        f"its config's digest is {'0' * 64}, not ",
    ),
    "another model": ({"model": "org/other"}, "its model is org/other, not org/name"),
    "another revision": ({"revision": "2" * 40}, f"its revision is {'2' * 40}, not "),
    "another request": ({"request": SECOND}, "its request's digest is "),
    "a training that nobody asked for": (
        {
            "trains": 1,
            "tasks": (PlannedTask(FIRST, 1, 1.0, 1), PlannedTask(SECOND, 1, 1.0, 1)),
            "shards": (Shard(1, (FIRST, SECOND), 2.0),),
        },
        "its number of trained models is 1, not 0",
    ),
    "a smoke run in secret": ({"smoke": True}, "it is no plan: contradicts itself: `smoke` is not"),
    "fewer tasks": (
        {
            "tasks": (PlannedTask(SECOND, 1, 1.0, 1),),
            "shards": (Shard(1, (SECOND,), 1.0),),
        },
        "its tasks are not those that the config asks for",
    ),
    "easier tasks": (
        {
            "tasks": (PlannedTask(FIRST, 1, 1.0, 1), PlannedTask("STS13", 1, 1.0, 2)),
            "shards": (Shard(1, (FIRST,), 1.0), Shard(2, ("STS13",), 1.0)),
        },
        "its tasks are not those that the config asks for",
    ),
}


@pytest.mark.parametrize(("changes", "rule"), PLANS.values(), ids=PLANS.keys())
def test_a_plan_that_is_not_this_runs_is_refused_and_nothing_of_the_run_used(
    run: MadeRun, changes: dict[str, object], rule: str
):
    run.leave_plan(replace(run.plan, **changes))
    gathered = run.collect()
    assert gathered.collected.state == "failed"
    (message,) = gathered.found.refusals
    assert message.startswith(f"artifact plan, plan.json: refused, as {rule}")
    report = json.loads(gathered.files["report.json"])
    assert (report["error"]["message"], report["tasks"]) == (message, [])
    assert not any(name.startswith("results/") for name in gathered.files)


def test_a_plan_that_is_no_plan_is_refused(run: MadeRun):
    run.artifacts["plan"] = zipped({"plan.json": b"{}"})
    assert "it is no plan: breaks the plan's schema" in run.collect().notes[0]
    run.artifacts["plan"] = zipped({"submission/x": b"{}"})
    assert run.collect().notes[0] == (
        "artifact plan, plan.json: refused, as there is no such file in it"
    )


def test_files_of_the_submission_beside_the_plan_may_have_any_name_as_nobody_reads_them(
    run: MadeRun,
):
    content = {
        "submission/NEWS.csv": bytes(3_000_000),
        "submission/news.csv": b"",
        "plan.json": run.plan.to_json(),
        "submission/tasks/données 表.csv": b"a",
        f"submission/{CONFIG}": config(),
    }
    run.artifacts["plan"] = zipped(content)
    assert run.collect().collected.state == "evaluated"
    run.artifacts["plan"] = zipped({**content, "submission/../../x": b""})
    assert "its name leads out of the archive" in run.collect().notes[0]


def test_reports_that_are_too_large_together_are_refused(
    run: MadeRun, monkeypatch: pytest.MonkeyPatch
):
    size = len(files(measured(run.plan, 1))["report.json"])
    monkeypatch.setattr("bot.artifacts.collect.MAX_BYTES", size + 10)
    assert "the reports of all shards up to it have more than" in run.collect().notes[0]


def test_what_unpacks_to_too_much_in_all_is_refused(run: MadeRun, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.artifacts.archive.Limits", lambda: Limits(unpacked=100))
    assert "it unpacks to more than 100 bytes" in run.collect().notes[0]
