"""Scores join a card's model-index in the convention of published cards."""

from dataclasses import replace

import pytest
import yaml
from huggingface_hub.repocard_data import model_index_to_eval_results
from made import task_scores

from bot.card.front_matter import Metadata, with_metadata
from bot.card.model_index import identity, model_index_results, published_value
from bot.card.readme import read_readme
from bot.scores import TaskScores

SCORES = [
    task_scores("STS22", {("test", "en"): 0.6864526474, ("test", "no"): -0.05}),
    task_scores("STSBenchmark", 0.5, data=""),
]


def merged(index: str, *scores: TaskScores) -> str:
    """The model-index after the edit, of a card that has everything else."""
    results = model_index_results(scores)
    done = "tags: [mteb]\nmteb_results: mteb_results/\n"
    metadata = Metadata("org/name", {}, "mteb_results/", results)
    edited = with_metadata(read_readme(f"---\n{done}{index}---\n".encode()), metadata)
    assert edited.notes == ()
    assert edited.readme.yaml.startswith(done)
    return edited.readme.yaml.removeprefix(done) + "\n"


def test_a_card_without_a_model_index_gets_one():
    after = merged("", *SCORES)
    assert (
        after
        == """\
model-index:
- name: org/name
  results:
  - task:
      type: STS
    dataset:
      type: org/data
      name: MTEB STS22 (en)
      config: en
      split: test
      revision: dddddddddddddddddddddddddddddddddddddddd
    metrics:
    - type: main_score
      value: 68.6453
    - type: accuracy
      value: 68.6453
  - task:
      type: STS
    dataset:
      type: org/data
      name: MTEB STS22 (no)
      config: 'no'
      split: test
      revision: dddddddddddddddddddddddddddddddddddddddd
    metrics:
    - type: main_score
      value: -5.0
    - type: accuracy
      value: -5.0
  - task:
      type: STS
    dataset:
      type: org/data
      name: MTEB STSBenchmark
      config: default
      split: test
    metrics:
    - type: main_score
      value: 50.0
    - type: accuracy
      value: 50.0
"""
    )
    assert merged(after, *SCORES) == after


def test_huggingface_hub_reads_the_results():
    data = yaml.safe_load(merged("", *SCORES))
    name, results = model_index_to_eval_results(data["model-index"])
    assert name == "org/name"
    assert [(r.dataset_name, r.dataset_config, r.metric_type, r.metric_value) for r in results][
        :3
    ] == [
        ("MTEB STS22 (en)", "en", "main_score", 68.6453),
        ("MTEB STS22 (en)", "en", "accuracy", 68.6453),
        ("MTEB STS22 (no)", "no", "main_score", -5.0),
    ]


def test_local_data_is_named_as_such():
    local = TaskScores(
        "News", "Classification", "accuracy", None, "sha256-ab", SCORES[1].subsets, {}
    )
    (result,) = model_index_results([local])
    assert result["dataset"]["type"] == "local"
    assert result["dataset"]["name"] == "MTEB News (custom)"


OURS = """\
  - task: {type: STS}
    dataset: {type: org/data, name: MTEB STSBenchmark, config: default, split: test}
    metrics: [{type: accuracy, value: 1, name: theirs}, {type: f1, value: 2}]
    source: Our paper
"""
KEPT = """\
  - task:
      type: Retrieval   # not ours
    dataset: {type: BeIR/cqadupstack, name: "MTEB CQADupstackGisRetrieval", config: default, split: test, revision: 0123e4}
    metrics:
      - {type: map_at_1, value: 2.80}
    source: {url: https://example.org}
"""
UPDATED = """\
  - task: {type: STS}
    dataset: {type: org/data, name: MTEB STSBenchmark, config: default, split: test}
    metrics: [{type: accuracy, value: 50.0, name: theirs}, {type: f1, value: 2}, {type: main_score, value: 50.0}]
    source: Our paper
"""
NEW = """\
  - task:
      type: STS
    dataset:
      type: org/data
      name: MTEB STSBenchmark
      config: default
      split: test
    metrics:
    - type: main_score
      value: 50.0
    - type: accuracy
      value: 50.0
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"- name: name\n  results:\n{KEPT}", f"- name: name\n  results:\n{KEPT}{NEW}"),
        (f"- name: name\n  results:\n{OURS}{KEPT}", f"- name: name\n  results:\n{UPDATED}{KEPT}"),
        (f"- name: Org/Name\n  results:\n{KEPT}{OURS}", f"- name: Org/Name\n  results:\n{KEPT}{UPDATED}"),
        (f"- name: anything\n  results:\n{OURS}", f"- name: anything\n  results:\n{UPDATED}"),
        (f"- results:\n{OURS}  name: anything\n", f"- results:\n{UPDATED}  name: anything\n"),
        (
            f"- name: name\n  results:\n{OURS}  # one\n{KEPT}{OURS}{OURS}  # end\n",
            f"- name: name\n  results:\n{UPDATED}  # one\n{KEPT}{UPDATED}{UPDATED}  # end\n",
        ),
        (
            f"- name: a\n  results:\n{OURS}- name: b\n  results: []\n",
            f"- name: a\n  results:\n{OURS}- name: b\n  results: []\n- name: org/name\n  results:\n{NEW}",
        ),
        (
            f"- name: a\n  results:\n{OURS}- name: name\n  more: kept\n  results:  # none\n- name: c\n  results:\n{KEPT}",
            f"- name: a\n  results:\n{OURS}- name: name\n  more: kept\n  results:  # none\n{NEW}- name: c\n  results:\n{KEPT}",
        ),
        ("- {name: x, results: []}\n", None),
        ("- {name: x, results: }\n", None),
        ("- {name: x, results: [{task: {type: a}, dataset: {type: b, name: c}, metrics: []}]}\n", None),
    ],
)  # fmt: skip
def test_our_metrics_are_updated_in_place_and_the_rest_stays_as_it_is_written(before, after):
    index = merged(f"model-index:\n{before}", SCORES[1])
    if after is not None:
        assert index == f"model-index:\n{after}"
    assert merged(index, SCORES[1]) == index
    values = [
        metric["value"]
        for model in yaml.safe_load(index)["model-index"]
        for result in model["results"]
        for metric in result["metrics"]
        if result["dataset"]["name"] == "MTEB STSBenchmark"
    ]
    assert 50.0 in values


THEIRS = """\
model-index:
- name: name
  results:
  - task:
      type: STS
    dataset: {type: org/data, name: MTEB STSBenchmark, config: default, split: test, revision: aaa}
    source: Our paper
    metrics:
    - type: cosine_pearson  # theirs
      value: 81.5
    - type: accuracy
      value: 80  # two digits
"""
OTHER_REVISION = THEIRS[THEIRS.index("  - task") :].replace("aaa", "bbb")


def test_the_author_s_metrics_source_and_other_revisions_stay():
    def at(score: float) -> TaskScores:
        return replace(task_scores("STSBenchmark", score), dataset_revision="aaa")

    before = THEIRS + OTHER_REVISION
    after = merged(before, at(0.5))
    updated = THEIRS.replace("80  # two", "50.0  # two")
    assert after == f"{updated}    - type: main_score\n      value: 50.0\n{OTHER_REVISION}"
    assert merged(after, at(0.5)) == after
    assert merged(merged(after, at(0.25)), at(0.5)) == after


def test_a_result_of_another_revision_is_followed_by_ours():
    scores = task_scores("STSBenchmark", 0.5)
    after = merged(THEIRS, scores)
    assert after.startswith(THEIRS)
    assert [
        r["dataset"]["revision"] for r in yaml.safe_load(after)["model-index"][0]["results"]
    ] == [
        "aaa",
        "d" * 40,
    ]
    assert merged(after, scores) == after


def test_a_metric_and_a_result_added_at_the_same_place_do_not_mix():
    told = replace(task_scores("STSBenchmark", 0.5), dataset_revision="aaa")
    after = merged(THEIRS, told, SCORES[0])
    results = yaml.safe_load(after)["model-index"][0]["results"]
    assert [[m["type"] for m in r["metrics"]] for r in results] == [
        ["cosine_pearson", "accuracy", "main_score"],
        ["main_score", "accuracy"],
        ["main_score", "accuracy"],
    ]


@pytest.mark.parametrize("metrics", ["[]", "", "high", "[{type: accuracy}]"])
def test_a_result_without_sound_metrics_is_left_and_followed_by_ours(metrics):
    broken = THEIRS[: THEIRS.index("    metrics")] + f"    metrics: {metrics}\n"
    told = replace(task_scores("STSBenchmark", 0.5), dataset_revision="aaa")
    after = merged(broken, told)
    assert after.startswith(broken)
    assert after.count("value: 50.0") == 2
    assert merged(after, told) == after


@pytest.mark.parametrize("empty", ["model-index: []\n", "model-index:\n", "model-index: null\n"])
def test_an_empty_model_index_is_filled(empty):
    assert merged(empty, SCORES[1]) == f"model-index:\n- name: org/name\n  results:\n{NEW}"


def test_crlf_reaches_the_new_lines():
    before = f"---\ntags: mteb\nmodel-index:\n- name: name\n  results:\n{KEPT}---\n".replace(
        "\n", "\r\n"
    )
    metadata = Metadata("org/name", {}, "mteb_results/", model_index_results([SCORES[1]]))
    after = with_metadata(read_readme(before.encode()), metadata).readme.to_bytes()
    assert after.count(b"\n") == after.count(b"\r\n") == after.count(b"\r")


def test_tasks_that_share_a_data_set_are_told_apart_by_name():
    def dataset(name, **more):
        return {
            "dataset": {"name": name, "type": "t", "config": "default", "split": "test", **more}
        }

    android = identity(dataset("MTEB CQADupstackAndroidRetrieval"))
    assert android != identity(dataset("MTEB CQADupstackGisRetrieval"))
    assert android == identity(dataset("MTEB CQADupstackAndroidRetrieval (default)"))
    assert android == identity(dataset("CQADupstackAndroidRetrieval", revision="other"))
    assert android != identity(dataset("MTEB CQADupstackAndroidRetrieval", split="dev"))
    assert android != identity(dataset("MTEB CQADupstackAndroidRetrieval", config="en"))
    assert identity({"dataset": None}) == ("", "", "", "")


@pytest.mark.parametrize(
    ("score", "value"),
    [(0.8203247283, 82.0325), (-0.0712345, -7.1235), (1.0, 100.0), (-0.0000001, 0.0), (0.29, 29.0)],
)
def test_values_are_percent_with_four_decimals(score, value):
    assert published_value(score) == value
    assert str(published_value(score)) == str(value)
