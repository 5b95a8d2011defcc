"""The bot plans exactly what the runner will select, though it never sees mteb."""

import json

import pytest

pytest.importorskip("mteb", reason="agreeing needs mteb itself")

from bot.planning.selection import chosen_tasks
from runners.failures import Failure
from runners.task_selection import select_tasks
from schemas.mteb_index import mteb_index
from schemas.submission import ModelConfig, load_custom_task, load_model_config

CONFIGS = {
    "tasks": {"tasks": ["STSBenchmark", "STS12"]},
    "a benchmark": {"benchmarks": ["MTEB(eng, v2)"]},
    "a benchmark of many languages, narrowed": {
        "benchmarks": ["MTEB(Multilingual, v2)"],
        "languages": ["deu", "zho-Hant"],
    },
    "two benchmarks that share tasks": {"benchmarks": ["MTEB(eng, v2)", "MTEB(deu, v1)"]},
    "a task that replaces the benchmark's": {
        "benchmarks": ["MTEB(eng, v2)"],
        "tasks": [{"name": "STS17", "subsets": ["en-en", "en-de"]}],
    },
    "splits": {"tasks": [{"name": "MassiveIntentClassification", "splits": ["test"], "subsets": ["de"]}]},
    "languages that drop a task": {"tasks": ["STS17", "STSBenchmark"], "languages": ["deu"]},
    "an aggregate": {"tasks": ["CQADupstackRetrieval", "STS12"]},
    "an aggregate in one language": {"tasks": ["CQADupstackRetrieval"], "languages": ["eng-Latn"]},
    "custom tasks by their names": {"tasks": ["bbc-topics-knn", "bbc-retrieval", "STS12"]},
}  # fmt: skip


def planned(config: ModelConfig):
    names = {t.file: load_custom_task(t.file)[0].name for t in config.tasks if t.file}
    return {task.name: task for task in chosen_tasks(config, mteb_index(), names)}


def what_is_planned(task):
    return {part.task.name: (sorted(part.splits), sorted(part.subsets)) for part in task.parts}


def what_runs(task):
    """Splits and subsets of each data set that the runner evaluates for one task."""
    parts = task.metadata.tasks if task.is_aggregate else [task]
    return {
        part.metadata.name: (sorted(part.eval_splits), sorted(part.hf_subsets)) for part in parts
    }


@pytest.mark.parametrize("evaluate", CONFIGS.values(), ids=CONFIGS)
def test_names_splits_and_subsets_are_the_runners(evaluate, write_config):
    tasks = json.loads(write_config(evaluate.get("tasks")).read_text())["evaluate"]["tasks"]
    config, _, problems = load_model_config(
        write_config([], evaluate={**evaluate, **({"tasks": tasks} if "tasks" in evaluate else {})})
    )
    assert config is not None, problems
    ours, theirs = planned(config), {task.name: task for task in select_tasks(config, {})}
    assert ours.keys() == theirs.keys()
    for name, task in ours.items():
        assert task.custom == theirs[name].custom
        if not task.custom:
            assert what_is_planned(task) == what_runs(theirs[name].task)


def test_nothing_is_left_for_both(write_config):
    config, _, _ = load_model_config(
        write_config([], evaluate={"tasks": ["STSBenchmark"], "languages": ["deu"]})
    )
    assert planned(config) == {}
    with pytest.raises(Failure, match="no task is left to run"):
        select_tasks(config, {})
