"""The rows of a table: drawn alike for every mode, and written as each way of training wants them."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from finetune_data_made import quiet
from finetune_made import labelled_rows, write_topics
from table_made import OURS, PUBLISHED, changed, loaded, write_experiment

from runners.failures import Failure
from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.table_data import (
    ExperimentData,
    experiment_data,
    mode_files,
    relocated,
)
from runners.task_selection import select_tasks
from schemas.experiment import Mode
from schemas.finetuning import TrainingSource
from schemas.submission import TaskRequest


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    return write_experiment(tmp_path)


def written(mode: Mode, folder: Path, experiment: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The folder that a mode trains with, and its rows."""
    data = read_rows(experiment, folder / "data", mode)
    [place] = mode_files(mode, data.rows[mode.rows], folder, 42, embed=None, progress=quiet())  # type: ignore[arg-type]
    [file] = place.iterdir() if place.is_dir() else [place]
    return place, [json.loads(line) for line in file.read_text().splitlines()]


def read_rows(path: Path, folder: Path, *modes: Mode) -> ExperimentData:
    """The rows of `modes`, held against the task of the experiment."""
    wanted = replace(loaded(path), modes=modes or loaded(path).modes)
    request = SimpleNamespace(
        benchmarks=(), tasks=(TaskRequest("topics", wanted.task),), task_languages=()
    )
    return experiment_data(wanted, folder, {}, select_tasks(request, {}), quiet())


def test_a_published_mode_leaves_the_batch_to_flagembedding(experiment: Path, tmp_path: Path):
    folder, rows = written(replace(PUBLISHED, rows=60), tmp_path / "a", experiment)
    assert folder.name == "labelled-no_in_batch_neg"
    assert (len(rows), rows[0]["type"]) == (60, "symmetric_class")
    assert "batch_size" not in rows[0]
    plain = replace(PUBLISHED, rows=60, published=False, in_batch_negatives=True)
    folder, rows = written(plain, tmp_path / "b", experiment)
    assert folder.name == "labelled"
    assert rows[0]["batch_size"] == plain.recipe.batch_size


def test_of_one_seed_the_fewer_rows_are_among_the_more(experiment: Path, tmp_path: Path):
    few, more = replace(OURS, rows=30), replace(OURS, name="more", rows=None)
    both = read_rows(experiment, tmp_path / "both", few, more).rows
    alone = read_rows(experiment, tmp_path / "alone", few).rows
    assert both[30].sha256 == alone[30].sha256
    assert (len(both[30]), len(both[None])) == (30, 70)
    assert set(both[30].part.training) < set(both[None].part.training)


def test_rows_that_are_evaluated_are_refused_or_left_out(experiment: Path, tmp_path: Path):
    rows = labelled_rows(130)
    write_topics(experiment.parent / "train" / "rows.csv", [*rows[:70], *((t.upper(), n) for t, n in rows[70:75])])  # fmt: skip
    every = replace(OURS, rows=None)
    with pytest.raises(UnusableTrainingData, match="5 of 75 training rows stand in the evaluation split of Topics") as refused:  # fmt: skip
        read_rows(experiment, tmp_path / "out", every)
    assert "evaluated_rows: leave-out" in refused.value.fix
    assert "--allow-contamination" not in str(refused.value)
    changed(experiment, ("  rows: 60\n", "  rows: 60\n  evaluated_rows: leave-out\n"))
    data = read_rows(experiment, tmp_path / "out", every, replace(OURS, name="few", rows=69))
    assert data.left_out == 5
    assert (len(data.rows[None]), len(data.rows[69])) == (70, 69)


def test_where_all_rows_are_evaluated_none_are_drawn(experiment: Path, tmp_path: Path):
    write_topics(experiment.parent / "train" / "rows.csv", labelled_rows(130)[70:])
    changed(experiment, ("  rows: 60\n", "  rows: 60\n  evaluated_rows: leave-out\n"))
    told = "60 of 60 rows are evaluated and left out, and then no rows are left"
    with pytest.raises(UnusableTrainingData, match=told):
        read_rows(experiment, tmp_path / "out")


def test_rows_of_one_label_teach_nothing_however_they_were_drawn(experiment: Path, tmp_path: Path):
    one = [(f"text {number}", 0) for number in range(69)]
    write_topics(experiment.parent / "train" / "rows.csv", [*one, ("another topic", 1)])
    with pytest.raises(UnusableTrainingData, match=r"all 2 rows of .* have the label sea"):
        read_rows(experiment, tmp_path / "out", replace(OURS, rows=2))


def test_rows_are_not_drawn_where_what_is_evaluated_cannot_be_read(
    experiment: Path, tmp_path: Path
):
    (experiment.parent / "topics" / "test.csv").write_text("text,subject\na,b\n")
    with pytest.raises(Failure, match="Topics cannot be held against the training data") as caught:
        read_rows(experiment, tmp_path / "out", replace(OURS, rows=60))
    assert caught.value.kind == "submission"
    assert not (tmp_path / "out" / "60").exists()


def test_more_rows_than_there_are_are_refused(experiment: Path, tmp_path: Path):
    with pytest.raises(UnusableTrainingData, match="70 rows to train on, and 80 are asked for"):
        read_rows(experiment, tmp_path / "out", replace(OURS, rows=80))


def test_a_local_file_is_found_in_the_folder_that_stands_for_its_own(tmp_path: Path):
    source = TrainingSource(path=tmp_path / "banking" / "train.csv")
    found = relocated(source, tmp_path, {"other": Path("/o"), "banking": Path("/data/b")})
    assert found.path == Path("/data/b/train.csv")
    assert relocated(source, tmp_path, {"bank": Path("/o")}) == source
