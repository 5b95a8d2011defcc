"""Reports of several machines become one, the same whenever they are read."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from collect_made import (
    CONFIG,
    FIRST,
    FOLDER,
    SECOND,
    MadeRun,
    files,
    measured,
    meta,
    plan,
    shard_report,
    zipped,
)
from conversation_made import config
from made import failure, outcome, provenance

from bot.report import read_report
from schemas.plan import PlannedTask, Shard
from schemas.validate import violations


@pytest.fixture
def run(tmp_path: Path) -> MadeRun:
    return MadeRun(tmp_path / "root")


def merged(run: MadeRun) -> dict[str, Any]:
    content = run.collect().files["report.json"]
    report = json.loads(content)
    assert violations(report, "report") == []
    return report


def errors(report: dict[str, Any]) -> dict[str, Any]:
    return {task["name"]: task["error"] and task["error"]["kind"] for task in report["tasks"]}


def test_two_shards_become_the_output_folder_of_one_runner(run: MadeRun, tmp_path: Path):
    gathered = run.collect()
    assert gathered.collected.state == "evaluated"
    assert sorted(gathered.files) == [
        "report.json",
        f"{FOLDER}/{SECOND}.json",
        f"{FOLDER}/{FIRST}.json",
        f"{FOLDER}/model_meta.json",
        f"{FOLDER}/run_settings.jsonl",
        f"submission/{CONFIG}",
    ]
    (tmp_path / "report.json").write_bytes(gathered.files["report.json"])
    report = read_report(tmp_path / "report.json")
    assert report.status == "completed"
    scores = {one.task: one.scores.main_score for one in report.outcomes if one.scores}
    assert scores == {FIRST: 0.1, SECOND: 0.2}


def test_the_bytes_depend_neither_on_the_order_nor_on_the_packing(run: MadeRun):
    before = run.collect().files
    for number in (2, 1):
        content = files(measured(run.plan, number, 0.1 * number))
        run.artifacts[f"results-{number}"] = zipped(dict(reversed(content.items())))
    assert run.collect().files == before


def test_what_is_written_holds_no_nan_though_mteb_writes_it(run: MadeRun):
    told = json.loads(run.collect().files[f"{FOLDER}/model_meta.json"])
    assert told["n_parameters"] is None
    with_nan = json.dumps(
        measured(run.plan, 2)["tasks"][0]["result"] | {"kg_co2_emissions": float("nan")}
    )
    content = files(measured(run.plan, 2)) | {f"{FOLDER}/{SECOND}.json": with_nan.encode()}
    run.artifacts["results-2"] = zipped(content)
    assert run.collect().collected.state == "evaluated"


def test_a_result_file_may_hold_more_subsets_than_were_asked_for(run: MadeRun):
    result = json.loads(files(measured(run.plan, 2, 0.2))[f"{FOLDER}/{SECOND}.json"])
    result["scores"]["test"].insert(0, result["scores"]["test"][0] | {"hf_subset": "other"})
    result["scores"]["dev"] = result["scores"]["test"]
    run.artifacts["results-2"] = zipped(
        files(measured(run.plan, 2, 0.2)) | {f"{FOLDER}/{SECOND}.json": json.dumps(result).encode()}
    )
    gathered = run.collect()
    assert gathered.collected.state == "evaluated"
    assert b"other" not in gathered.files[f"{FOLDER}/{SECOND}.json"]


def test_tasks_stand_in_the_order_of_the_plan(run: MadeRun):
    swapped = replace(
        run.plan,
        tasks=(PlannedTask(FIRST, 1, 10.0, 2), PlannedTask(SECOND, 1, 20.0, 1)),
        shards=(Shard(1, (SECOND,), 20.0), Shard(2, (FIRST,), 10.0)),
    )
    run.leave_plan(swapped)
    for shard in swapped.shards:
        run.leave(shard.number, measured(swapped, shard.number))
    assert [task["name"] for task in merged(run)["tasks"]] == [FIRST, SECOND]


def test_a_shard_that_left_nothing_fails_its_own_tasks_alone(run: MadeRun):
    del run.artifacts["results-2"]
    gathered, report = run.collect(), merged(run)
    assert gathered.collected.state == "failed"
    assert report["status"] == "failed"
    assert errors(report) == {FIRST: None, SECOND: "infrastructure"}
    assert gathered.notes == [
        "shard 2 left no results: its machine went away, or it failed before it measured"
    ]
    assert f"{FOLDER}/{FIRST}.json" in gathered.files
    assert report["tasks"][1]["main_metric"] == "cosine_spearman"


def test_a_run_at_its_time_limit_says_so(run: MadeRun):
    del run.artifacts["results-2"]
    run.facts["conclusion"] = "timed_out"
    assert errors(merged(run)) == {FIRST: None, SECOND: "timeout"}


def test_a_cancelled_run_blames_nobody_and_is_cancelled_even_when_all_was_measured(run: MadeRun):
    run.facts["conclusion"] = "cancelled"
    assert run.collect().collected.state == "cancelled"
    del run.artifacts["results-2"]
    assert run.collect().collected.state == "cancelled"
    assert [task["status"] for task in merged(run)["tasks"]] == ["completed", "not_run"]
    del run.artifacts["plan"]
    assert run.collect().collected.state == "cancelled"
    assert "report.json" not in run.collect().files


def test_a_run_without_a_plan_failed_before_it_measured(run: MadeRun):
    del run.artifacts["plan"]
    gathered, report = run.collect(), merged(run)
    assert gathered.collected.state == "failed"
    assert report["error"]["message"] == (
        "the evaluation ended before it was planned, so nothing was measured"
    )
    assert report["started_at"] == "2026-01-02T00:00:00+00:00"


def test_what_stopped_one_shard_stands_at_its_tasks_what_stopped_all_stands_once(run: MadeRun):
    stopped = {"error": failure("submission", "no such weights"), "status": "failed"}
    run.leave(2, shard_report(run.plan, **stopped))
    assert errors(merged(run)) == {FIRST: None, SECOND: "submission"}
    run.leave(1, shard_report(run.plan, outcome(FIRST), **stopped))
    report = merged(run)
    assert report["error"]["message"] == "no such weights"
    assert errors(report) == {FIRST: None, SECOND: None}
    assert [task["status"] for task in report["tasks"]] == ["not_run", "not_run"]


def test_a_shard_that_was_stopped_from_outside_says_so_unless_that_was_wanted(run: MadeRun):
    run.leave(2, shard_report(run.plan, outcome(SECOND), status="interrupted"))
    report = merged(run)
    assert errors(report) == {FIRST: None, SECOND: "infrastructure"}
    assert report["tasks"][1]["error"]["message"] == (
        "shard 2 was stopped from outside before this task"
    )
    run.facts["conclusion"] = "timed_out"
    assert errors(merged(run)) == {FIRST: None, SECOND: "timeout"}
    run.facts["conclusion"] = "cancelled"
    assert errors(merged(run)) == {FIRST: None, SECOND: None}
    assert merged(run)["status"] == "interrupted"


def test_a_failed_task_of_a_shard_stays_what_it_is(run: MadeRun):
    broken = outcome(SECOND, error=failure("out_of_memory", "too small"), task_type="STS")
    run.leave(2, shard_report(run.plan, broken))
    assert errors(merged(run)) == {FIRST: None, SECOND: "out_of_memory"}
    assert run.collect().collected.state == "failed"


def test_times_are_added_and_machines_that_differ_are_named(run: MadeRun):
    told = provenance(config_sha256=run.plan.config_sha256, head_sha=run.plan.head_sha)
    other = told | {
        "packages": {"mteb": "2.26.24", "torch": "2.12.0"},
        "seconds": 1.5,
        "seeds": {SECOND: 1},
    }
    other["hardware"] = told["hardware"] | {"name": "NVIDIA A100"}
    run.leave(2, measured(run.plan, 2, provenance=other))
    found = merged(run)["provenance"]
    assert found["seconds"] == 10_321.5
    assert found["hardware"]["name"] == "NVIDIA H100"
    assert [one["hardware"]["name"] for one in found["shards"]] == ["NVIDIA H100", "NVIDIA A100"]
    assert [one["packages"]["torch"] for one in found["shards"]] == ["2.13.0", "2.12.0"]
    assert found["seeds"] == {SECOND: 1, "TaskA": 42}
    assert found["command"].endswith(" # shard 1 of 2, the others alike")


def test_a_single_shard_is_told_as_it_told_itself(tmp_path: Path):
    alone = plan(
        tasks=(PlannedTask(FIRST, 1, 10.0, 1), PlannedTask(SECOND, 1, 20.0, 1)),
        shards=(Shard(1, (FIRST, SECOND), 30.0),),
    )
    run = MadeRun(tmp_path, alone)
    assert merged(run) == measured(alone, 1, 0.1)


def test_a_smoke_run_keeps_its_results_to_itself(tmp_path: Path):
    run = MadeRun(tmp_path, plan(request="--smoke", smoke=True))
    gathered = run.collect()
    assert (gathered.collected.state, gathered.collected.smoke) == ("evaluated", True)
    assert sorted(gathered.files) == ["report.json", f"submission/{CONFIG}"]


def test_a_run_of_a_config_that_is_not_valid_has_failed(run: MadeRun):
    (run.root / CONFIG).write_bytes(config(revision="main"))
    gathered = run.collect()
    assert gathered.collected.state == "failed"
    assert gathered.files == {}
    assert "the config is not valid" in gathered.notes[0]


def test_metadata_is_of_the_first_shard_that_measured(run: MadeRun):
    for number in (1, 2):
        report = measured(run.plan, number)
        content = files(report) | {f"{FOLDER}/model_meta.json": meta(max_tokens=number)}
        run.artifacts[f"results-{number}"] = zipped(content)
    assert json.loads(run.collect().files[f"{FOLDER}/model_meta.json"])["max_tokens"] == 1
