"""Training rows that are evaluated too are found whatever their spelling, counted, and refused."""

import io

import pytest

pytest.importorskip("mteb")

from mteb.mocks import MOCK_TASK_TEST_GRID

from runners.finetuning.contamination import ContaminatedTrainingData, contamination, normalised
from runners.finetuning.evaluation_texts import evaluation_texts, texts_of_tasks
from runners.finetuning.training_data import texts, without
from runners.progress import Progress
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


@pytest.mark.parametrize(
    ("training", "evaluated"),
    [
        ("Late Goal in the Cup", "late goal in the cup"),
        ("Late goal, in the cup!", "Late goal in the “cup”"),
        ("Late  goal\nin the\tcup ", "Late goal in the cup"),
        ("top-up", "top up"),
        ("\uff2c\uff41\uff54\uff45 \uff11\uff12", "late 12"),  # full width
        ("ﬁnal", "final"),
        ("Cafe\u0301 élan", "CAFÉ E\u0301LAN"),
        ("Straße", "STRASSE"),
        ("\u2121 5", "tel. 5"),  # one sign for TEL
        ("snake_case", "snake case"),
        ("東京　タワー", "東京タワー"),
        (":-)", ": - )"),
    ],
)
def test_case_punctuation_spacing_and_width_hide_nothing(training, evaluated):
    assert found([training], ("Task", [evaluated])).rows == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("goal 1", "goal 2"), ("cafe", "café"), ("की", "का"), (":-)", ":-("), ("", "!"), ("a", "")],
)
def test_other_texts_stay_other_texts(one, other):
    assert normalised(one) != normalised(other)
    assert found([one], ("Task", [other])).rows == 0


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
        "  fix: remove these rows from the training data; with `--allow-contamination` training goes on, "
        "and every output says so"
    )


def test_a_row_that_stands_twice_counts_twice_and_one_in_two_tasks_once():
    result = found(["x 1", "X1", "y", "z"], ("A", ["x1", "x 1", "y"]), ("B", ["y"]), ("C", ["w"]))
    assert (result.rows, result.of_tasks) == (3, (("A", 3), ("B", 1)))
    assert "of A (3), B (1): “x 1”, “X1”" in ContaminatedTrainingData(result).message
    assert result.found.tolist() == [True, True, True, False]


def test_an_example_is_short_and_printable():
    result = found(["\x1b[31m" + "long " * 100], ("A", ["\x1b[31m" + "long " * 100]))
    assert len(result.examples[0]) == 300
    assert result.examples[0].isprintable()


def test_of_ready_made_rows_query_and_positives_count_and_negatives_do_not(tmp_path):
    rows = [
        {**READY, "query": "seen query"},
        {**READY, "pos": ["x", "seen passage"]},
        {**READY, "neg": ["seen negative"]},
    ]
    data = read(tmp_path, TrainingSource(path=write_lines(tmp_path / "ready.jsonl", rows)))
    evaluated = ["seen query", "seen passage", "seen negative"]
    result = contamination(lambda: texts(data), [("A", evaluated)], quiet())
    assert (result.rows, result.total) == (2, 3)


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


def test_a_task_without_its_data_is_not_compared_and_that_is_said(write_config):
    config, _, _ = load_model_config(write_config(["bbc-topics-knn"]))
    [selected] = select_tasks(config, {})
    assert selected.failure
    stream = io.StringIO()
    assert list(texts_of_tasks([selected], Progress(stream))) == []
    broken = SelectedTask("Broken", custom=False, task=type(TEXT_TASKS[0])())

    def load_data(**_):
        raise ConnectionError("no route")

    broken.task.load_data = load_data
    assert list(texts_of_tasks([broken], Progress(stream))) == []
    assert "Broken: not compared with the training data: ConnectionError: no route\n" in stream.getvalue()  # fmt: skip
