"""Which tasks a config runs: benchmarks, names, languages, subsets, splits. No data is loaded."""

import pytest

pytest.importorskip("mteb")

from runners.failures import Failure
from runners.task_selection import select_tasks
from schemas.submission import load_model_config


@pytest.fixture
def select(write_config):
    def select(tasks=None, only=(), **evaluate):
        path = write_config([], evaluate={**({"tasks": tasks} if tasks else {}), **evaluate})
        config, _, problems = load_model_config(path)
        assert config is not None, problems
        return {task.name: task for task in select_tasks(config, {}, only)}

    return select


def test_a_benchmark_brings_its_tasks_narrowed_to_its_languages(select):
    tasks = select(benchmarks=["MTEB(eng, v2)"])
    assert len(tasks) == 41
    assert tasks["MassiveIntentClassification"].task.hf_subsets == ["en"]


def test_subsets_and_splits_narrow_a_task(select):
    tasks = select(
        [{"name": "MassiveIntentClassification", "subsets": ["de", "fr"], "splits": ["test"]}]
    )
    task = tasks["MassiveIntentClassification"].task
    assert sorted(task.hf_subsets) == ["de", "fr"]
    assert list(task.eval_splits) == ["test"]


def test_languages_filter_every_task_and_drop_those_without(select):
    tasks = select(["STS17", "STSBenchmark"], languages=["deu"])
    assert list(tasks) == ["STS17"]
    assert tasks["STS17"].task.hf_subsets == ["en-de"]


def test_a_filter_that_leaves_nothing_says_so(select):
    with pytest.raises(Failure, match="the language filter leaves none"):
        select(["STSBenchmark"], languages=["deu"])


def test_a_benchmark_that_does_not_exist_is_the_submissions_fault(select):
    with pytest.raises(Failure, match="no benchmark MTEB\\(eng, v9\\)") as caught:
        select(benchmarks=["MTEB(eng, v9)"])
    assert caught.value.kind == "submission"


def test_a_task_that_does_not_exist_fails_alone(select):
    tasks = select(["STSBenchmrk", "STS12"])
    assert tasks["STSBenchmrk"].failure.kind == "submission"
    assert tasks["STS12"].failure is None


def test_the_narrower_wish_for_a_task_of_a_benchmark_wins(select):
    tasks = select([{"name": "STS17", "subsets": ["en-en"]}], benchmarks=["MTEB(eng, v2)"])
    assert len(tasks) == 41
    assert tasks["STS17"].task.hf_subsets == ["en-en"]


def test_an_aggregate_has_no_data_set_of_its_own(select):
    assert select(["CQADupstackRetrieval"])["CQADupstackRetrieval"].dataset_id is None


def test_a_script_keeps_only_the_subsets_written_in_it(select):
    tasks = select(["SIB200Classification"], languages=["zho-Hant"])
    assert tasks["SIB200Classification"].task.hf_subsets == ["zho_Hant"]
