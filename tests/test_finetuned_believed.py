"""What the machine that trained says is held against the plan when it is collected: it may say anything."""

import pytest
from collect_made import FIRST, SECOND
from finetuned_made import contamination, task_score, training
from made import failure
from tuned_run_made import TunedRun, left, run_of, shard, tuned_plan


@pytest.fixture
def run(tmp_path) -> TunedRun:
    """One whose config asks for two seeds."""
    two = {"seeds": [1, 2]}
    return TunedRun(tmp_path, tuned_plan(two, trains=2), finetune=two)


def refusals(run, *trained, **told):
    """Why a report is not believed that tells this of its training."""
    run.artifacts["results-1"] = left(shard(run.plan, *trained, told=told))
    return run.collect().found.refusals


BEST, OTHER = run_of(seed=1), run_of(0.8, seed=2)


def test_a_report_of_planned_tasks_is_believed(run):
    assert refusals(run, BEST, OTHER) == ()


@pytest.mark.parametrize(
    ("trained", "told"),
    [
        ((BEST, OTHER), {"raw": [task_score(SECOND, 0.7)]}),
        ((BEST, training(seed=2, tasks=[task_score(SECOND, 0.8)], score=0.8)), {}),
        ((BEST, OTHER), {"contamination": {**contamination(0), "checked": [FIRST, SECOND]}}),
    ],
    ids=["of the base model", "of a training not chosen", "compared with the training data"],
)
def test_training_names_no_task_that_was_not_planned(run, trained, told):
    (refusal,) = refusals(run, *trained, **told)
    assert "its training names tasks that the plan does not give to this shard" in refusal


@pytest.mark.parametrize("rows", [0, 200])
def test_no_run_of_a_workflow_allows_training_on_evaluated_rows(run, rows):
    """`--allow-contamination` is for a person's own machine."""
    found = {**contamination(rows), "checked": [FIRST], "allowed": True}
    (refusal,) = refusals(run, BEST, OTHER, contamination=found)
    assert "it allows training on evaluated rows, which no workflow asks for" in refusal


def test_a_training_refused_for_evaluated_rows_is_collected_with_their_number(run):
    """Its report lists no task: those that it names were planned all the same."""
    waiting = {"steps": 0, "loss": [], "held_out": [], "weights_sha256": None, "tasks": ()}
    runs = [training(seed=seed, **waiting) for seed in (1, 2)]
    found = {**contamination(200, allowed=False), "checked": [FIRST]}
    told = {"told": {"contamination": found}, "tasks": [], "error": failure()}
    run.artifacts["results-1"] = left(shard(run.plan, *runs, **told))
    gathered = run.collect()
    assert gathered.found.refusals == ()
    assert gathered.found.report["finetuning"]["contamination"]["rows"] == 200
