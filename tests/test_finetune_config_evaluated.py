"""What is evaluated is not trained on, however the config names it."""

from pathlib import Path

import pytest
from finetune_config_made import LABELLED, SHA, check_in, lines


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return check_in(tmp_path)


def of_hub(dataset: str, split: str, config: str = "") -> str:
    more = f", config: {config}" if config else ""
    return f"[{{id: {dataset}, revision: {SHA}, split: '{split}'{more}, columns: {{text: t, label: l}}}}]"


def test_a_split_that_is_evaluated_is_not_trained_on(said):
    assert said(
        "", of_hub("mteb/banking77", "test"), evaluated="tasks: [Banking77Classification]"
    ) == lines(
        "10:90 trained-on-evaluated-split: the split `test` of `mteb/banking77` is what `Banking77Classification` "
        "evaluates: a score on rows that were trained on says nothing",
        "  fix: train on another split, or evaluate another one",
    )


@pytest.mark.parametrize("split", ["train[:50%]+test", "all", "test[10:]", "train + test"])
def test_no_way_to_write_a_split_hides_that(said, split):
    data = of_hub("MTEB/Banking77", split)
    assert "trained-on-evaluated-split" in said(
        "", data, evaluated="tasks: [Banking77Classification]"
    )


@pytest.mark.parametrize(
    ("data", "tasks"),
    [
        (of_hub("mteb/banking77", "train"), "Banking77Classification"),
        (of_hub("mteb/banking77", "test"), "STSBenchmark"),
        (of_hub("mteb/amazon_massive_intent", "test"), "{name: MassiveIntentClassification, splits: [validation]}"),
        (of_hub("mteb/amazon_massive_intent", "test", "de"), "{name: MassiveIntentClassification, subsets: [fr]}"),
    ],
    ids=["another split", "another data set", "splits", "subsets"],
)  # fmt: skip
def test_what_is_not_evaluated_may_be_trained_on(said, data, tasks):
    assert said("", data, evaluated=f"tasks: [{tasks}]") == ""


@pytest.mark.parametrize(
    ("data", "evaluated", "task"),
    [
        (of_hub("mteb/banking77", "test"), 'benchmarks: ["MTEB(eng, v2)"]', "Banking77Classification"),
        (of_hub("mteb/CQADupstackAndroidRetrieval", "test"), "tasks: [CQADupstackRetrieval]", "CQADupstackRetrieval"),
    ],
    ids=["a benchmark's", "a part's"],
)  # fmt: skip
def test_nor_is_one_that_is_evaluated_by_way_of_something_else(said, data, evaluated, task):
    assert f"is what `{task}` evaluates: " in said("", data, evaluated=evaluated)


def test_data_of_a_custom_task_is_not_trained_on(said):
    data = of_hub("acme/news", "test")
    dataset = f"{{id: acme/news, revision: {SHA}}}"
    assert said("", data, evaluated="tasks: [tasks/news.yaml]", dataset=dataset) == lines(
        "10:85 trained-on-evaluated-split: the split `test` of `acme/news` is what `AcmeNews` evaluates: a score on rows "
        "that were trained on says nothing",
        "  fix: train on another split, or evaluate another one",
    )


@pytest.mark.parametrize(("config", "refused"), [("", True), ("de", True), ("en", False)])
def test_another_configuration_of_a_custom_tasks_data_may_be_trained_on(said, config, refused):
    data = of_hub("acme/news", "test", config)
    dataset = f"{{id: acme/news, revision: {SHA}, config: de}}"
    told = said("", data, evaluated="tasks: [tasks/news.yaml]", dataset=dataset)
    assert ("trained-on-evaluated-split" in told) is refused


@pytest.mark.parametrize("files", ["", ", files: {test: test.csv}"])
def test_a_file_that_a_custom_task_evaluates_is_not_trained_on(said, files):
    Path("tasks/news").mkdir(parents=True)
    Path("tasks/news/test.csv").write_text("title,body,topic\n")
    data = LABELLED.replace("rows/train.csv", "tasks/./news/test.csv")
    dataset = f"{{path: news{files}}}"
    assert said("", data, evaluated="tasks: [tasks/news.yaml]", dataset=dataset) == lines(
        "10:17 trained-on-evaluated-split: `tasks/./news/test.csv` is what `AcmeNews` evaluates: a score on rows that "
        "were trained on says nothing",
        "  fix: train on another file, or evaluate another one",
    )
