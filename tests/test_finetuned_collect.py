"""A run that trained a model is collected: its results lie under the revision of the tuned weights."""

from pathlib import Path

import pytest
from collect_made import FIRST, SECOND, shard_report
from conversation_made import CONFIG
from finetuned_made import BASE_REVISION, draws, failed, task_score, training
from made import failure, outcome
from tuned_run_made import TunedRun, left, run_of, shard, tuned_plan

from bot.artifacts.collected import write
from bot.regression.files import canaries
from bot.report import read_report
from bot.report_identity import check_identity
from bot.results_repository.candidate import CannotSubmitResults, read_candidate
from schemas.finetuning import Recipe
from schemas.plan import PlannedTask, Shard
from schemas.submission import load_model_config


@pytest.fixture
def run(tmp_path) -> TunedRun:
    made = TunedRun(tmp_path, tuned_plan())
    made.artifacts["results-1"] = left(shard(made.plan))
    return made


def test_results_of_a_tuned_model_lie_under_the_revision_of_its_weights(run, tmp_path):
    gathered = run.collect()
    assert gathered.notes == []
    assert gathered.collected.state == "evaluated"
    report = tmp_path / "report.json"
    report.write_bytes(gathered.files["report.json"])
    read = read_report(report)
    config, _, _ = load_model_config(tmp_path / CONFIG)
    check_identity(read, config)
    assert read.finetuned.chosen_run.held_out_score == pytest.approx(0.88, abs=0.01)
    results = sorted(path for path in gathered.files if path.startswith("results/"))
    assert results == [
        f"results/org__name/{read.revision}/{name}"
        for name in (f"{FIRST}.json", "model_meta.json", "run_settings.jsonl")
    ]


def test_results_under_the_base_models_revision_are_refused(run):
    folder = f"results/org__name/{BASE_REVISION}"
    run.artifacts["results-1"] = left(shard(run.plan), folder)
    (refusal,) = run.collect().found.refusals
    assert "it is of another revision than the report" in refusal


def test_metadata_of_the_base_model_is_refused(run):
    run.artifacts["results-1"] = left(shard(run.plan), revision=BASE_REVISION)
    (refusal,) = run.collect().found.refusals
    assert f"its revision is {BASE_REVISION}" in refusal


def test_a_training_that_the_config_does_not_ask_for_is_refused(run):
    other = training("other", tasks=[task_score(FIRST, 0.88, draws(0.88))])
    run.artifacts["results-1"] = left(shard(run.plan, other))
    (refusal,) = run.collect().found.refusals
    assert "it trained the variant other with seed 42, and the config asks for none" in refusal


def test_scores_that_tell_nothing_of_training_are_refused(run):
    raw = shard_report(run.plan, outcome(FIRST, 0.7))
    run.artifacts["results-1"] = left(raw)
    (refusal,) = run.collect().found.refusals
    assert "tells nothing of the training that the config asks for" in refusal


def test_a_plan_of_two_machines_that_train_is_refused(tmp_path):
    shards = (Shard(1, (FIRST,), 10.0), Shard(2, (SECOND,), 10.0))
    tasks = (PlannedTask(FIRST, 1, 10.0, 1), PlannedTask(SECOND, 1, 10.0, 2))
    made = TunedRun(tmp_path, tuned_plan(shards=shards, tasks=tasks))
    (refusal,) = made.collect().found.refusals
    assert "a training is split over several machines" in refusal


def test_a_training_that_failed_is_collected_with_its_reason(run):
    broken = failed("tuned", failure("out_of_memory", "CUDA out of memory"))
    run.artifacts["results-1"] = left(shard(run.plan, broken, tasks=[outcome(FIRST)]))
    gathered = run.collect()
    assert gathered.found.refusals == ()
    assert gathered.notes == ["CUDA out of memory"]
    report = gathered.found.report
    assert report["finetuning"]["runs"][0]["error"]["message"] == "CUDA out of memory"
    assert report["model"]["revision"] == BASE_REVISION


def test_one_of_two_trainings_that_failed_leaves_no_evaluation_to_accept(tmp_path):
    variants = {"variants": {"one": {"epochs": 1}, "two": {"epochs": 2}}}
    made = TunedRun(tmp_path, tuned_plan(variants, trains=2), finetune=variants)
    one = run_of(variant="one", recipe=Recipe(epochs=1))
    two = failed("two", failure("submission", "fewer rows than a batch"), recipe=Recipe(epochs=2))
    made.artifacts["results-1"] = left(shard(made.plan, one, two))
    gathered = made.collect()
    assert gathered.found.refusals == ()
    assert gathered.notes == ["fewer rows than a batch"]
    assert gathered.found.report["status"] == "failed"
    assert gathered.collected.state == "failed"


def test_a_machine_that_vanished_leaves_a_report_of_the_config(run, tmp_path):
    del run.artifacts["results-1"]
    gathered = run.collect()
    path = Path(tmp_path / "report.json")
    path.write_bytes(gathered.files["report.json"])
    config, _, _ = load_model_config(tmp_path / CONFIG)
    check_identity(read_report(path), config)


def test_a_tuned_models_results_are_submitted_under_its_own_revision(run, tmp_path):
    gathered = run.collect()
    write(gathered.collected, gathered.files, tmp_path / "collected")
    config, _, _ = load_model_config(tmp_path / CONFIG)
    of_run = read_candidate(tmp_path / "collected", config)
    accepted = tmp_path / "collected" / "results" / "org__name" / of_run.revision
    of_board = read_candidate(accepted, config)
    assert of_run.revision == of_board.revision == of_run.report.revision
    with pytest.raises(CannotSubmitResults, match="is not the folder of org/name"):
        read_candidate(tmp_path / "collected" / "submission", config)


def test_a_config_that_asks_for_training_is_no_canary(run):
    (canary,) = canaries(run.root, [CONFIG])
    assert "training again gives other weights" in canary.why_not
