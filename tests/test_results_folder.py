"""Any folder in mteb's layout is read, and what cannot be used is named, never trusted and never fatal."""

import json
import os
import shutil
from pathlib import Path

import pytest
from made import OTHER_REVISION, REVISION, outcome, report_data, result, write_results

from bot import task_file
from bot.results_folder import CannotReadResults, read_results
from bot.task_file import TaskFacts

DATA = Path(__file__).parent / "data" / "results"
BASELINE = DATA / "org__baseline"
FIRST, SECOND = "b1" + "0" * 38, "b2" + "0" * 38


def facts_of(name):
    return TaskFacts("Classification", "accuracy", "org/data") if name == "TaskA" else None


def read(path):
    return read_results(path, facts_of)


def notes_of(results):
    return {note.about: note.sentence for note in results.notes}


@pytest.fixture
def model(tmp_path):
    """An empty model folder in a results root."""
    return tmp_path / "results" / "org__name"


@pytest.mark.parametrize(
    "inside", [".", "results", "results/org__name", f"results/org__name/{REVISION}"]
)
def test_a_model_is_found_from_every_level_of_the_layout(tmp_path, model, inside):
    write_results(model / REVISION, result("TaskA", 0.5), result("TaskB", -0.25))

    results = read(tmp_path / inside)

    assert (results.model, results.revision) == ("org/name", REVISION)
    assert {name: task.main_score for name, task in results.tasks.items()} == {
        "TaskA": 0.5,
        "TaskB": -0.25,
    }


def test_a_revision_folder_somewhere_else_says_its_model_itself(tmp_path):
    folder = write_results(tmp_path / "downloaded", result("TaskA", 0.5), model="some/model")
    assert read(folder).model == "some/model"


def test_facts_that_results_do_not_hold_come_from_the_index(model):
    write_results(model / REVISION, result("TaskA", 0.5), result("Custom", 0.5))

    tasks = read(model).tasks

    assert (tasks["TaskA"].task_type, tasks["TaskA"].main_metric) == ("Classification", "accuracy")
    assert tasks["Custom"].task_type == "Unknown"


def test_a_runner_folder_is_read_through_its_report(tmp_path):
    (tmp_path / "results").mkdir()
    data = report_data(outcome("TaskA", 0.5))
    (tmp_path / "report.json").write_text(json.dumps(data))

    results = read(tmp_path)

    assert results.tasks["TaskA"].main_score == 0.5
    assert results.report.model == "org/name"


def test_the_scores_of_a_smoke_run_are_refused(tmp_path):
    (tmp_path / "results").mkdir()
    data = report_data(outcome("TaskA", 0.5), smoke=True)
    (tmp_path / "report.json").write_text(json.dumps(data))

    with pytest.raises(CannotReadResults, match="smoke run: its scores mean nothing") as refused:
        read(tmp_path)

    assert refused.value.exit_code == 2


def test_links_in_a_circle_are_named(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(CannotReadResults, match="Too many levels of symbolic links"):
        read(tmp_path / "a")


def test_a_folder_of_python_is_no_model(model):
    write_results(model / REVISION, result("TaskA", 0.5))
    (model.parent / "__pycache__").mkdir()
    assert read(model.parent).model == "org/name"


def test_levels_of_a_hierarchical_clustering_are_no_noise(model):
    clustering = result("TaskA", 0.5)
    clustering["scores"]["test"][0]["v_measures"] = {
        "Level 0": [0.7, 0.72],
        "Level 1": [0.3, 0.32, 0.34, 0.32],
    }
    write_results(model / REVISION, clustering)

    results = read_results(model, lambda _: TaskFacts("Clustering", "v_measure", None))

    # hypot of 2/6 and 4/6 of the standard errors of the levels, 0.01 and 0.00816
    (subset,) = results.tasks["TaskA"].subsets
    assert subset.standard_error == pytest.approx(0.0063828, abs=1e-6)


def test_a_score_that_would_overflow_a_mean_is_left_out_with_a_note(model):
    write_results(model / REVISION, result("TaskA", 0.5), result("TaskB", 1e308))
    results = read(model)
    assert list(results.tasks) == ["TaskA"]
    assert notes_of(results) == {
        f"{REVISION}/TaskB.json: test/default": "has a main score that no metric reaches; left out"
    }


def test_the_commit_with_the_most_tasks_is_used_and_its_gaps_are_filled_from_other_commits():
    results = read(BASELINE)

    assert results.revision == FIRST
    assert results.filled == {"ArguAna": SECOND, "BIOSSES": SECOND}
    assert results.tasks["STS12"].main_score == 0.7232


def test_the_order_of_names_does_not_decide_between_commits(model):
    write_results(model / REVISION, result("TaskA", 0.5))
    write_results(model / OTHER_REVISION, result("TaskA", 0.4), result("TaskB", 0.4))
    results = read(model)
    assert (results.revision, results.filled) == (OTHER_REVISION, {})


def test_scores_of_the_authors_never_fill_in_but_are_counted():
    results = read(BASELINE)

    assert "SCIDOCS" not in results.tasks
    assert results.set_aside == {"external": ("SCIDOCS",)}


def test_scores_of_an_unknown_revision_never_fill_in(model):
    write_results(model / REVISION, result("TaskA", 0.5))
    write_results(model / "no_revision_available", result("TaskA", 0.9), result("TaskB", 0.9))

    results = read(model)

    assert list(results.tasks) == ["TaskA"]
    assert results.set_aside == {"no_revision_available": ("TaskB",)}


def test_a_revision_folder_that_was_named_is_used_as_it_is():
    results = read(BASELINE / "external")

    assert (results.model, results.revision) == ("org/baseline", "external")
    assert results.tasks["STS12"].main_score == 0.99
    assert not results.filled


def test_only_authors_scores_are_refused_with_the_way_out(model):
    write_results(model / "external", result("TaskA", 0.5))

    with pytest.raises(CannotReadResults, match="reported themselves: external") as refused:
        read(model)
    assert "name that folder itself" in refused.value.fix


def test_a_revision_that_is_no_commit_is_used_where_there_is_no_commit(model):
    write_results(model / "2024-05-01", result("TaskD", 0.5))
    write_results(model / "2023-01-01", result("TaskA", 0.4), result("TaskB", 0.4))

    results = read(model)

    assert (results.revision, list(results.tasks)) == ("2023-01-01", ["TaskA", "TaskB"])
    assert results.set_aside == {"2024-05-01": ("TaskD",)}
    write_results(model / REVISION, result("TaskC", 0.1))
    assert read(model).revision == REVISION


def test_equally_many_tasks_give_the_same_choice_in_any_order(model):
    write_results(model / OTHER_REVISION, result("TaskA", 0.5))
    write_results(model / REVISION, result("TaskA", 0.4))
    assert read(model).revision == REVISION


def test_an_undefined_main_score_is_noted_and_left_out():
    results = read(DATA / "org__candidate")

    assert "SICK-R" not in results.tasks
    (about,) = notes_of(results)
    assert about.endswith("/SICK-R.json: test/default")
    assert results.tasks["BIOSSES"].main_score == 0.8164  # only its evaluation time is NaN


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "null", "1e999", "9" * 5000])
def test_what_is_no_finite_number_is_no_score(model, number):
    folder = write_results(model / REVISION, result("TaskB", 0.5))
    text = json.dumps(result("TaskA", 0.125))
    (folder / "TaskA.json").write_text(text.replace("0.125", number))

    results = read(model)

    assert list(results.tasks) == ["TaskB"]
    assert notes_of(results) == {
        f"{REVISION}/TaskA.json: test/default": "has no defined main score (NaN or null); left out"
    }


def test_the_defined_subsets_of_a_task_stay(model):
    task = result("TaskA", 0.5)
    task["scores"]["test"].append(
        {"main_score": float("nan"), "hf_subset": "de", "languages": ["deu-Latn"]}
    )
    write_results(model / REVISION, task)

    results = read(model)

    assert [score.subset for score in results.tasks["TaskA"].subsets] == ["default"]
    assert list(notes_of(results)) == [f"{REVISION}/TaskA.json: test/de"]


def test_a_file_from_before_version_1_11_is_skipped_and_named():
    notes = notes_of(read(BASELINE))
    assert "before version 1.11" in notes[f"{FIRST}/Touche2020Retrieval.v3.json"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("not json", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "is not a task result"),
        ("[]", "is not a task result"),
        ('{"scores": 1, "task_name": "TaskA"}', "shape of a task result"),
        ('{"scores": {"test": [1]}, "task_name": "TaskA"}', "shape of a task result"),
        ('{"scores": {"test": {}}, "task_name": "TaskA"}', "shape of a task result"),
        (json.dumps(result("TaskA", 0.5, surprise=1)), "shape of a task result"),
        (json.dumps(result("TaskA", True)), "shape of a task result"),
        (json.dumps(result("TaskA", "0.5")), "shape of a task result"),
        (json.dumps(result("Another", 0.5)), "another task than its name says"),
    ],
)  # fmt: skip
def test_a_file_in_any_other_shape_is_skipped_and_named(model, content, why):
    folder = write_results(model / REVISION, result("TaskB", 0.5))
    (folder / "TaskA.json").write_text(content)

    results = read(model)

    assert list(results.tasks) == ["TaskB"]
    assert why in notes_of(results)[f"{REVISION}/TaskA.json"]


@pytest.mark.parametrize("repeats", ["5", "[5]", '[{"accuracy": "0.5"}]', '[{"accuracy": 1e999}]'])
def test_repeats_in_any_other_shape_are_no_repeats(model, repeats):
    folder = write_results(model / REVISION, result("TaskA", 0.5))
    text = (folder / "TaskA.json").read_text()
    (folder / "TaskA.json").write_text(
        text.replace('"main_score"', f'"scores_per_experiment": {repeats}, "main_score"')
    )
    (subset,) = read(model).tasks["TaskA"].subsets
    assert subset.main_score == 0.5
    assert subset.standard_error is None


def test_links_and_pipes_are_not_followed(model, tmp_path):
    folder = write_results(model / REVISION, result("TaskB", 0.5))
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(result("TaskA", 0.9)))
    (folder / "TaskA.json").symlink_to(secret)
    os.mkfifo(folder / "TaskC.json")
    elsewhere = write_results(tmp_path / "elsewhere", *(result(f"T{i}", 0.5) for i in range(5)))
    (model / OTHER_REVISION).symlink_to(elsewhere)

    results = read(model)

    assert (results.revision, list(results.tasks)) == (REVISION, ["TaskB"])
    assert notes_of(results) == {
        f"{REVISION}/TaskA.json": "is a link or cannot be opened; skipped",
        f"{REVISION}/TaskC.json": "is not a plain file; skipped",
    }


def test_a_file_too_large_is_not_read(model, monkeypatch):
    write_results(model / REVISION, result("TaskB", 0.5), result("TaskA", 0.5, date=1.0))
    monkeypatch.setattr(task_file, "MAX_BYTES", len((model / REVISION / "TaskB.json").read_bytes()))

    results = read(model)

    assert list(results.tasks) == ["TaskB"]
    assert "larger than" in notes_of(results)[f"{REVISION}/TaskA.json"]


def test_a_folder_with_too_many_files_is_refused(model, monkeypatch):
    monkeypatch.setattr("bot.results_folder.MAX_FILES", 3)
    write_results(model / REVISION, result("TaskA", 0.5), result("TaskB", 0.5))
    with pytest.raises(CannotReadResults, match="more than 3 files"):
        read(model)


def test_several_models_are_listed_instead_of_guessed():
    with pytest.raises(
        CannotReadResults, match="holds 2 models: org__baseline, org__candidate"
    ) as refused:
        read(DATA)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("name", ["missing", "file.json", "empty"])
def test_a_path_without_results_is_refused_in_one_message(tmp_path, name):
    (tmp_path / "file.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotReadResults) as refused:
        read(tmp_path / name)
    assert name in refused.value.message
    assert "results/<org>__<name>" in refused.value.fix


def test_a_folder_whose_files_are_all_unusable_says_why(model):
    folder = write_results(model / REVISION)
    (folder / "TaskA.json").write_text("nonsense")
    with pytest.raises(CannotReadResults, match=r"TaskA\.json is not JSON"):
        read(model)


def test_a_name_cannot_put_control_characters_on_the_terminal(tmp_path):
    for name in ("a__\x1b[31mred", "b__c"):
        write_results(tmp_path / name / REVISION, result("TaskA", 0.5))
    with pytest.raises(CannotReadResults) as refused:
        read(tmp_path)
    assert "\x1b" not in refused.value.message


def test_a_broken_report_is_refused_like_any_folder(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(CannotReadResults, match="breaks the report schema"):
        read(tmp_path)


def test_a_copied_folder_gives_the_same_results(tmp_path):
    shutil.copytree(BASELINE, tmp_path / "org__baseline")
    assert read(tmp_path / "org__baseline") == read(BASELINE)
