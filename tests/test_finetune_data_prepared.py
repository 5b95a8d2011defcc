"""What is trained on after rows are held out and left out: of a kind that can be measured, and enough of it."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("mteb")

from finetune_data_made import READY, finetuning, labelled, quiet, write_lines
from finetune_made import TOPICS, labelled_rows, write_topics, write_topics_task

from runners.finetuning.prepared import Prepared, prepare
from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.training_data import Whereabouts
from runners.task_selection import SelectedTask, select_tasks
from schemas.errors import ExitCode
from schemas.finetuning import LabelColumns, TrainingSource
from schemas.submission import TaskRequest

ROWS = labelled_rows(150)
TRAINED_ON, EVALUATED = ROWS[:90], ROWS[90:]


@pytest.fixture
def topics(tmp_path: Path) -> SelectedTask:
    task = write_topics_task(tmp_path / "task", TRAINED_ON, EVALUATED)
    asked = SimpleNamespace(benchmarks=(), tasks=(TaskRequest("topics", task),), task_languages=())
    [selected] = select_tasks(asked, {})
    return selected


def labelled_file(path: Path, rows: list[tuple[str, int]]) -> TrainingSource:
    file = write_topics(path, rows)
    return labelled(file, written=path.name, columns=LabelColumns(("text",), "topic"))


def ready_file(path: Path, rows: list[dict[str, object]]) -> TrainingSource:
    return TrainingSource(path=write_lines(path, rows), written=path.name)


def prepared(folder: Path, task: SelectedTask, *sources: TrainingSource) -> Prepared:
    asked = replace(finetuning(*sources), evaluated_rows="leave-out", held_out=18)
    where = Whereabouts()
    return prepare(asked, folder / "out", where, [task], quiet(), allow_contamination=False)


def test_rows_with_labels_are_held_out_and_none_where_others_have_no_labels(
    tmp_path: Path, topics: SelectedTask
):
    with_labels = labelled_file(tmp_path / "news.csv", TRAINED_ON)
    alone = prepared(tmp_path / "alone", topics, with_labels)
    assert (alone.held_out_rows, alone.records()[0]["trained"]) == (18, 72)
    assert alone.held_out
    mixed = prepared(
        tmp_path / "mixed", topics, with_labels, ready_file(tmp_path / "pairs.jsonl", [READY] * 4)
    )
    assert (mixed.held_out_rows, mixed.held_out, mixed.labelled) == (0, None, None)
    assert [each["trained"] for each in mixed.records()] == [90, 4]


@pytest.mark.parametrize(
    ("rows", "left_out", "message"),
    [
        (EVALUATED, "60 of 60", "no rows are left"),
        (
            [*EVALUATED, *[("a sail", 0), ("a tide", 0)]],
            "60 of 62",
            f"all 2 rows of news.csv have the label {next(iter(TOPICS))}",
        ),
        (
            [*EVALUATED, *[("a sail", 0), ("a star", 1)]],
            "60 of 62",
            "no label of news.csv has two rows, so no row has a positive",
        ),
    ],
    ids=["nothing", "one label", "no positives"],
)
def test_what_is_left_after_evaluated_rows_are_left_out_must_tell_something_apart(
    tmp_path: Path, topics: SelectedTask, rows: list[tuple[str, int]], left_out: str, message: str
):
    with pytest.raises(UnusableTrainingData) as refused:
        prepared(tmp_path, topics, labelled_file(tmp_path / "news.csv", rows))
    assert refused.value.exit_code == ExitCode.SUBMISSION
    assert refused.value.message == (
        f"news.csv: {left_out} rows are evaluated and left out, and then {message}"
    )
    assert refused.value.fix == "train on rows that are not evaluated, or evaluate other tasks"


def test_a_data_set_of_ready_made_rows_must_have_some_left(tmp_path: Path, topics: SelectedTask):
    with_labels = labelled_file(tmp_path / "news.csv", TRAINED_ON)
    seen = [{**READY, "neg": [text]} for text, _ in EVALUATED[:3]]
    with pytest.raises(UnusableTrainingData, match=r"pairs\.jsonl: 3 of 3 rows are evaluated"):
        prepared(tmp_path, topics, with_labels, ready_file(tmp_path / "pairs.jsonl", seen))
    some = prepared(tmp_path, topics, with_labels, ready_file(tmp_path / "pairs.jsonl", [*seen, READY]))  # fmt: skip
    assert [each["trained"] for each in some.records()] == [90, 1]
    assert some.left_out == 3
