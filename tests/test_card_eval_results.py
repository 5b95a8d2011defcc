"""`.eval_results` hold what huggingface_hub and the Hub read."""

import yaml
from huggingface_hub import parse_eval_result_entries
from made import task_scores

from bot.card.eval_results import Source, eval_result_files
from bot.scores import TaskScores

FINISHED = "2026-01-02T04:04:05Z"


def dated(result, task="STS22", data="org/data", revision="d" * 40):
    subsets = task_scores(task, {("test", "en"): 0.6864526474, ("dev", "no"): -0.05}).subsets
    return TaskScores(task, "STS", "cosine_spearman", data, revision, subsets, result)


def entries(scores, **more):
    (text,) = eval_result_files([scores], finished_at=FINISHED, **more).values()
    return parse_eval_result_entries(yaml.safe_load(text))


def test_a_file_for_each_task_with_an_entry_for_each_subset():
    files = eval_result_files(
        [dated({"mteb_version": "2.26.24", "date": 1735689600.5}), task_scores("B", 0.5)],
        finished_at=FINISHED,
        source=Source("https://example.org/run", "logs"),
    )
    assert list(files) == [".eval_results/STS22.yaml", ".eval_results/B.yaml"]
    assert (
        files[".eval_results/STS22.yaml"]
        == f"""\
- dataset:
    id: org/data
    task_id: STS22_en_test
    revision: {"d" * 40}
  value: 68.6453
  date: '2025-01-01T00:00:00Z'
  source:
    url: https://example.org/run
    name: logs
  notes: Obtained with mteb 2.26.24
- dataset:
    id: org/data
    task_id: STS22_no_dev
    revision: {"d" * 40}
  value: -5.0
  date: '2025-01-01T00:00:00Z'
  source:
    url: https://example.org/run
    name: logs
  notes: Obtained with mteb 2.26.24
"""
    )


def test_huggingface_hub_reads_every_field_back():
    first, second = entries(dated({"mteb_version": "2.26.24"}))
    assert (first.dataset_id, first.task_id, first.value) == ("org/data", "STS22_en_test", 68.6453)
    assert (first.dataset_revision, first.date) == ("d" * 40, FINISHED)
    assert (first.source_url, first.notes) == (None, "Obtained with mteb 2.26.24")
    assert second.value == -5.0


def test_a_task_on_local_files_has_no_entry():
    assert eval_result_files([dated({}, data=None)], finished_at=FINISHED) == {}


def test_what_is_unknown_is_left_out():
    (first, _) = entries(dated({"mteb_version": None, "date": None}, revision=""))
    assert (first.dataset_revision, first.notes, first.date) == (None, None, FINISHED)


def test_a_date_that_cannot_be_is_left_out():
    (text,) = eval_result_files([dated({"date": 1e300})], finished_at="soon").values()
    assert "date" not in text
    (text,) = eval_result_files([dated({})], finished_at="soon").values()
    assert "date" not in text


def test_a_task_s_name_cannot_leave_the_folder():
    names = ["../../README.md", "a/b", ".hidden", "", "x" * 300, "a\0b", "ünï", "A B", "A_B"]
    files = eval_result_files([dated({}, task=name) for name in names], finished_at=FINISHED)
    assert len(files) == len(names)
    for path in files:
        folder, name = path.split("/")
        assert folder == ".eval_results"
        assert name.isascii()
        assert name[0].isalnum()
        assert len(name) < 140
