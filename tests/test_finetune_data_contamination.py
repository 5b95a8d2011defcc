"""Training rows that are evaluated too are found whatever their spelling, counted, and refused."""

import pytest

pytest.importorskip("mteb")

from mteb.mocks import MOCK_TASK_TEST_GRID

from runners.failures import Failure
from runners.finetuning.contamination import ContaminatedTrainingData, contamination
from runners.finetuning.evaluation_texts import evaluation_texts, texts_of_tasks
from runners.finetuning.training_data import texts, without
from runners.task_selection import SelectedTask, select_tasks
from schemas.errors import ExitCode
from schemas.finetuning import TrainingSource
from schemas.submission import load_model_config
from tests.finetune_data_made import (
    READY,
    labelled,
    labelled_rows,
    quiet,
    read,
    write_csv,
    write_lines,
)


def found(rows, *tasks):
    return contamination(lambda: [(row,) for row in rows], tasks, quiet())


def compared(*tasks):
    return contamination(lambda: [("a text",)], texts_of_tasks(tasks, quiet()), quiet())


def test_two_hundred_test_rows_among_five_thousand_are_counted_and_refused():
    evaluated = [f"Test text number {n}, of AGNews" for n in range(7600)]
    training = [f"training text {n}" for n in range(5000)]
    training[100:100] = [text.upper().replace(",", " -") for text in evaluated[3000:3200]]
    result = found(training, ("STSBenchmark", ["a man"]), ("AGNews", iter(evaluated)))
    assert (result.total, result.rows, result.of_tasks) == (5200, 200, (("AGNews", 200),))
    assert result.checked == ("STSBenchmark", "AGNews")
    assert len(result.examples) == 5
    refusal = ContaminatedTrainingData(result)
    assert refusal.exit_code == ExitCode.SUBMISSION
    assert str(refusal) == (
        "200 of 5200 training rows stand in the evaluation split of AGNews: "
        "“TEST TEXT NUMBER 3000 - OF AGNEWS”, “TEST TEXT NUMBER 3001 - OF AGNEWS”\n"
        "  fix: write `evaluated_rows: leave-out` in `finetune`, or remove these rows from the training data; "
        "whoever runs it by hand can train on them with `--allow-contamination`, and every output says so"
    )
    assert refusal.found is result


def test_a_row_that_stands_twice_counts_twice_and_one_in_two_tasks_once():
    result = found(["x 1", "X1", "y", "z"], ("A", ["x1", "x 1", "y"]), ("B", ["y"]), ("C", ["w"]))
    assert (result.rows, result.of_tasks) == (3, (("A", 3), ("B", 1)))
    assert "of A (3), B (1): “x 1”, “X1”" in ContaminatedTrainingData(result).message
    assert result.found.tolist() == [True, True, True, False]


def test_a_text_without_letters_counts_as_it_stands():
    assert found([":-)"], ("Task", [": - )"])).rows == 1
    assert found([":-)"], ("Task", [":-("])).rows == 0


def test_an_example_is_short_and_printable():
    result = found(["\x1b[31m" + "long " * 100], ("A", ["\x1b[31m" + "long " * 100]))
    assert len(result.examples[0]) == 300
    assert result.examples[0].isprintable()


def test_of_ready_made_rows_everything_counts_and_what_matches_is_shown(tmp_path):
    """Negatives too: those of a class tell which one a text is not in, and of two classes that is the label."""
    rows = [
        {**READY, "query": "seen query"},
        {**READY, "pos": ["x", "seen passage"]},
        {**READY, "neg": ["x", "seen negative"]},
        {**READY, "neg": ["", "x"]},
        READY,
    ]
    data = read(tmp_path, TrainingSource(path=write_lines(tmp_path / "ready.jsonl", rows)))
    evaluated = ["seen query", "Seen passage", "seen negative", ""]
    result = contamination(lambda: texts(data), [("A", evaluated)], quiet())
    assert (result.rows, result.total) == (3, 5)
    assert sorted(result.examples) == ["seen negative", "seen passage", "seen query"]


@pytest.mark.parametrize(
    ("kind", "row", "rows"),
    [
        ("normal", {"query": "second half"}, 1),
        ("normal", {"query": "first half second half"}, 1),
        ("normal", {"pos": ["second half"]}, 0),
        ("symmetric_class", {"neg": ["second half"]}, 0),
        ("symmetric_sts", {"pos": ["second half"]}, 1),
        ("symmetric_clustering", {"neg": ["second half"]}, 1),
    ],
)
def test_a_text_counts_with_the_prompt_that_it_is_encoded_with(tmp_path, kind, row, rows):
    row = {**READY, **row, "prompt": "first half ", "type": kind}
    data = read(tmp_path, TrainingSource(path=write_lines(tmp_path / "ready.jsonl", [row])))
    evaluated = ["First half, second half"]
    assert contamination(lambda: texts(data), [("A", evaluated)], quiet()).rows == rows


def test_rows_that_were_found_can_be_taken_out_of_every_data_set(tmp_path):
    rows = labelled_rows(12)
    first = labelled(write_csv(tmp_path / "a.csv", rows))
    ready = TrainingSource(path=write_lines(tmp_path / "b.jsonl", [READY, {**READY, "query": "q"}]))
    data = read(tmp_path, first, ready)
    evaluated = [rows[3]["text"].upper(), rows[7]["text"], "Q"]
    result = contamination(lambda: texts(data), [("A", evaluated)], quiet())
    assert (result.rows, result.total) == (3, 14)
    cleaned = without(data, result.found)
    assert [len(each.chosen) for each in cleaned] == [10, 1]
    assert contamination(lambda: texts(cleaned), [("A", evaluated)], quiet()).rows == 0


TEXT_TASKS = [task for task in MOCK_TASK_TEST_GRID if list(task.metadata.modalities) == ["text"]]


@pytest.mark.parametrize("mock", TEXT_TASKS, ids=lambda task: task.metadata.name)
def test_every_text_task_type_gives_the_texts_that_it_evaluates(mock):
    task = type(mock)()
    selected = SelectedTask(task.metadata.name, custom=False, task=task)
    [(name, given)] = [(name, list(some)) for name, some in texts_of_tasks([selected], quiet())]
    assert name == task.metadata.name
    assert len(given) >= 2
    assert all(isinstance(text, str) and text for text in given)
    assert not task.data_loaded


def test_what_is_evaluated_counts_and_training_splits_and_other_subsets_do_not(write_config, bbc):
    config, _, _ = load_model_config(write_config(["bbc-topics-knn", "bbc-retrieval"]))
    paths = {f"bbc-news/{table}": bbc / table for table in ("topics", "similarity", "retrieval")}
    [topics, retrieval] = select_tasks(config, paths)
    topics.task.load_data()
    split = topics.task.dataset
    rows = {name: list(split[name]["text"]) for name in ("train", "test")}
    topics.task.unload_data()
    trained = set(rows["train"]) - set(rows["test"])
    assert trained
    result = contamination(
        lambda: [(text,) for text in (*trained, *rows["test"][:7])],
        texts_of_tasks([topics, retrieval], quiet()),
        quiet(),
    )
    assert result.checked == (topics.name, retrieval.name)
    assert dict(result.of_tasks)[topics.name] == 7
    assert not topics.task.data_loaded


def test_of_retrieval_the_queries_count(write_config, bbc):
    config, _, _ = load_model_config(write_config(["bbc-retrieval"]))
    [selected] = select_tasks(config, {"bbc-news/retrieval": bbc / "retrieval"})
    selected.task.load_data()
    [queries] = [split["queries"] for split in selected.task.dataset["default"].values()]
    assert list(evaluation_texts(selected.task)) == list(queries["text"])


def test_a_task_that_could_not_be_set_up_ends_the_comparison_with_its_reason(write_config):
    config, _, _ = load_model_config(write_config(["bbc-topics-knn"]))
    [selected] = select_tasks(config, {})
    with pytest.raises(Failure) as caught:
        compared(selected)
    assert caught.value.kind == "submission"
    assert caught.value.message == (
        f"{selected.name} cannot be held against the training data, so nothing is trained: "
        f"{selected.failure.message}"
    )
    assert caught.value.advice == (
        f"{selected.failure.advice}; or evaluate other tasks than {selected.name}"
    )


@pytest.mark.parametrize(
    ("custom", "error", "kind"),
    [
        (False, ConnectionError("no route"), "infrastructure"),
        (True, ConnectionError("no route"), "infrastructure"),
        (True, ValueError("no such split"), "submission"),
        (False, ValueError("no such split"), "infrastructure"),
    ],
)
def test_a_task_without_its_data_ends_it_since_its_evaluation_may_have_them_again(
    custom, error, kind
):
    broken = SelectedTask("Broken", custom=custom, task=type(TEXT_TASKS[0])())

    def load_data(**_):
        raise error

    broken.task.load_data = load_data
    with pytest.raises(Failure, match="Broken cannot be held against the training data") as caught:
        compared(broken)
    assert caught.value.kind == kind
    assert caught.value.message.endswith(f"failed: {type(error).__name__}: {error}")


def test_data_that_break_off_while_they_are_read_end_it_and_leave_memory(monkeypatch):
    task = type(TEXT_TASKS[0])()
    monkeypatch.setattr(type(task), "_get_content_columns", lambda _: 1 / 0)
    with pytest.raises(Failure, match="Broken cannot be held against the training data"):
        compared(SelectedTask("Broken", custom=False, task=task))
    assert not task.data_loaded
