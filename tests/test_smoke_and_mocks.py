"""Every text task type of mteb goes through our encoder, whole and cut down."""

import pytest

pytest.importorskip("mteb")

from mteb.mocks import MOCK_TASK_TEST_GRID

from runners.encoder import MeasuredEncoder
from runners.models import fetch_model, load_model
from runners.mteb_evaluation import Limits, evaluate_task
from runners.output_folder import OutputFolder
from runners.progress import Progress
from runners.result_store import ResultStore
from runners.smoke import cut_down
from runners.task_selection import SelectedTask
from schemas.submission import load_model_config

TEXT_TASKS = [
    task
    for task in MOCK_TASK_TEST_GRID
    if list(task.metadata.modalities) == ["text"] and task.metadata.type != "Regression"
]


@pytest.mark.parametrize("smoke", [False, True], ids=["whole", "smoke"])
@pytest.mark.parametrize("mock", TEXT_TASKS, ids=lambda task: task.metadata.name)
def test_every_text_task_type_is_measured(mock, smoke, tmp_path, wordllama, write_config):
    config, _, _ = load_model_config(write_config(["bbc-similarity"]))
    loaded = load_model(config, fetch_model(config, wordllama, tmp_path / "model"), "cpu")
    output = OutputFolder(tmp_path / "out")
    output.state.mkdir(parents=True)
    task = type(mock)()
    encoder = MeasuredEncoder(loaded.encoder, Progress(), 8)
    store = ResultStore(output, tmp_path / "out")
    selected = SelectedTask(task.metadata.name, custom=False, task=task)
    result = evaluate_task(selected, encoder, store, output, Progress(), Limits(8, smoke=smoke))
    assert {
        entry["hf_subset"] for entries in result["scores"].values() for entry in entries
    } == set(task.hf_subsets)
    assert encoder.tally.texts > 0


def test_cutting_down_keeps_every_wanted_document():
    from datasets import Dataset

    queries = Dataset.from_dict({"id": [f"q{n}" for n in range(50)], "text": ["x"] * 50})
    corpus = Dataset.from_dict({"id": [f"d{n}" for n in range(5000)], "text": ["y"] * 5000})
    relevant = {f"q{n}": {f"d{4999 - n}": 1} for n in range(50)}

    class Task:
        def __init__(self) -> None:
            split = {
                "queries": queries,
                "corpus": corpus,
                "relevant_docs": relevant,
                "top_ranked": None,
            }
            self.dataset = {"default": {"test": split}}

    task = Task()
    cut_down(task)
    split = task.dataset["default"]["test"]
    assert len(split["queries"]) == 8
    assert len(split["corpus"]) == 128
    assert {d for docs in split["relevant_docs"].values() for d in docs} <= set(
        split["corpus"]["id"]
    )


def test_an_aggregate_is_the_mean_of_its_parts_and_computes_each_once(
    tmp_path, wordllama, write_config
):
    from mteb.abstasks.aggregate_task_metadata import AggregateTaskMetadata
    from mteb.abstasks.aggregated_task import AbsTaskAggregate
    from mteb.mocks import MockRerankingTask, MockRetrievalTask

    class Both(AbsTaskAggregate):
        metadata = AggregateTaskMetadata(
            name="Both",
            description="Two small tasks",
            tasks=[MockRetrievalTask(), MockRerankingTask()],
            main_score="main_score",
            type="Retrieval",
            eval_splits=["test"],
        )

    config, _, _ = load_model_config(write_config(["bbc-similarity"]))
    loaded = load_model(config, fetch_model(config, wordllama, tmp_path / "model"), "cpu")
    output = OutputFolder(tmp_path / "out")
    output.state.mkdir(parents=True)
    encoder = MeasuredEncoder(loaded.encoder, Progress(), 8)
    store = ResultStore(output, tmp_path / "out")
    task = Both()
    selected = SelectedTask("Both", custom=False, task=task)
    result = evaluate_task(selected, encoder, store, output, Progress(), Limits(8))
    parts = [
        store.stored_result(part.metadata.name, encoder.mteb_model_meta)
        for part in task.metadata.tasks
    ]
    mean = sum(part["scores"]["test"][0]["main_score"] for part in parts) / 2
    assert result["scores"]["test"][0]["main_score"] == pytest.approx(mean, abs=1e-6)
    finished = {key: n for (event, key), n in output.counts().items() if event == "finished"}
    assert set(finished.values()) == {1}
    assert len(finished) == 4, "two splits of one part, one of the other, and the mean"
