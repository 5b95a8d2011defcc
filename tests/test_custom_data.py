"""Custom task data: three file formats, joined columns, and what is wrong with a table."""

import csv
import json
from pathlib import Path

import pytest

pytest.importorskip("mteb")

from runners.custom_data import locate_data
from runners.custom_tasks import build_custom_task
from runners.failures import Failure
from schemas.submission import load_custom_task

ROWS = [
    {"title": "NA", "body": "007 returns", "label": "film"},
    {"title": "Late goal", "body": "", "label": "sport"},
    {"title": "Café “élan”", "body": "opens, at last", "label": "film"},
    {"title": "Cup final", "body": "tonight", "label": "sport"},
]
CLASSIFICATION = {
    "schema_version": 1,
    "name": "Sections",
    "type": "classification",
    "languages": ["eng-Latn"],
    "dataset": {"path": "data"},
    "columns": {"text": ["title", "body"], "label": "label"},
    "join": " | ",
}


def write_table(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        import pandas as pd

        pd.DataFrame(rows).to_parquet(path)


def build(tmp_path: Path, task: dict, data_paths: dict | None = None):
    path = tmp_path / "task.yaml"
    path.write_text(json.dumps(task))
    spec, _, problems = load_custom_task(path)
    assert spec is not None, problems
    return build_custom_task(locate_data(spec, data_paths or {}))


def loaded(tmp_path: Path, task: dict, data_paths: dict | None = None):
    built = build(tmp_path, task, data_paths)
    built.load_data()
    return built


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_every_format_gives_the_same_texts_and_labels(tmp_path, suffix):
    for split in ("train", "test"):
        write_table(tmp_path / "data" / f"{split}{suffix}", ROWS)
    dataset = loaded(tmp_path, CLASSIFICATION).dataset
    assert list(dataset["test"]["text"]) == [
        "NA | 007 returns",  # neither a missing value nor a number
        "Late goal | ",
        "Café “élan” | opens, at last",
        "Cup final | tonight",
    ]
    assert list(dataset["test"]["label"]) == [0, 1, 0, 1]


def test_numeric_labels_keep_their_order(tmp_path):
    rows = [{"title": str(n), "body": "", "label": str(n)} for n in (10, 2, 1)]
    for split in ("train", "test"):
        write_table(tmp_path / "data" / f"{split}.csv", rows)
    assert list(loaded(tmp_path, CLASSIFICATION).dataset["test"]["label"]) == [2, 1, 0]


def test_the_one_file_that_begins_with_the_splits_name_is_taken(tmp_path):
    write_table(tmp_path / "data" / "train_5000.csv", ROWS)
    write_table(tmp_path / "data" / "test.csv", ROWS)
    assert len(loaded(tmp_path, CLASSIFICATION).dataset["train"]) == 4


def test_a_local_copy_of_a_hub_data_set_is_recorded_by_its_hash(tmp_path):
    for split in ("train", "test"):
        write_table(tmp_path / "copy" / f"{split}.csv", ROWS)
    task = {**CLASSIFICATION, "dataset": {"id": "org/sections", "revision": "a" * 40}}
    first = build(tmp_path, task, {"org/sections": tmp_path / "copy"}).metadata
    assert first.dataset["path"] == "local"
    assert first.revision.startswith("sha256-")
    write_table(tmp_path / "copy" / "test.csv", ROWS[:2])
    second = build(tmp_path, task, {"org/sections": tmp_path / "copy"}).metadata
    assert second.revision != first.revision


def drop_label(rows):
    return [{"title": row["title"], "body": row["body"]} for row in rows]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no folder"),
        ({"train.csv": ROWS}, "the file of `test` is not clear"),
        (
            {"train.csv": ROWS, "test_a.csv": ROWS, "test_b.csv": ROWS},
            "the file of `test` is not clear in .*: test_a.csv, test_b.csv",
        ),
        ({"train.csv": ROWS, "test.csv": drop_label(ROWS)}, "`test` has no column label"),
        ({"train.csv": ROWS[:1], "test.csv": ROWS}, "the training split has only one label"),
        (
            {"train.csv": ROWS, "test.csv": [{**ROWS[0], "label": ""}]},
            "row 1 has no label",
        ),
    ],
)
def test_a_wrong_table_is_the_submissions_fault_and_says_what_is_wrong(tmp_path, files, message):
    for name, rows in files.items():
        write_table(tmp_path / "data" / name, rows)
    with pytest.raises(Failure, match=message) as caught:
        loaded(tmp_path, CLASSIFICATION)
    assert caught.value.kind == "submission"


STS = {
    "schema_version": 1,
    "name": "Alike",
    "type": "sts",
    "languages": ["eng-Latn"],
    "dataset": {"path": "data"},
    "columns": {"sentence1": "a", "sentence2": "b", "score": "score"},
}


def test_a_score_outside_its_range_is_refused(tmp_path):
    write_table(tmp_path / "data" / "test.csv", [{"a": "x", "b": "y", "score": "7"}])
    with pytest.raises(Failure, match="outside 0 to 5") as caught:
        loaded(tmp_path, STS)
    assert "score_range" in caught.value.advice


RETRIEVAL = {
    "schema_version": 1,
    "name": "Find",
    "type": "retrieval",
    "languages": ["eng-Latn"],
    "dataset": {"path": "data"},
    "columns": {
        "query_id": "qid", "query_text": "query", "document_id": "did",
        "document_text": ["title", "text"], "relevance": "grade",
    },
}  # fmt: skip


def retrieval_tables(folder: Path, pairs: list[dict]) -> None:
    write_table(folder / "queries.jsonl", [{"qid": 1, "query": "cup"}, {"qid": 2, "query": "film"}])
    write_table(
        folder / "corpus.jsonl",
        [
            {"did": "a", "title": "Cup", "text": "final"},
            {"did": "b", "title": "New", "text": "film"},
        ],
    )
    write_table(folder / "relevance.csv", pairs)


def test_retrieval_reads_three_tables_and_grades(tmp_path):
    pairs = [{"qid": 1, "did": "a", "grade": 2}, {"qid": 2, "did": "b", "grade": 1}]
    retrieval_tables(tmp_path / "data", pairs)
    split = loaded(tmp_path, RETRIEVAL).dataset["default"]["test"]
    assert split["relevant_docs"] == {"1": {"a": 2}, "2": {"b": 1}}
    assert list(split["corpus"]["text"]) == ["Cup final", "New film"]


def test_relevance_of_an_unknown_document_is_refused(tmp_path):
    retrieval_tables(tmp_path / "data", [{"qid": 1, "did": "z", "grade": 1}])
    with pytest.raises(Failure, match="`relevance` names 1 ids that `corpus` lacks, for example z"):
        loaded(tmp_path, RETRIEVAL)


def test_a_link_out_of_the_data_folder_is_not_followed(tmp_path):
    write_table(tmp_path / "secret.csv", ROWS)
    write_table(tmp_path / "data" / "train.csv", ROWS)
    (tmp_path / "data" / "linked.csv").symlink_to(tmp_path / "secret.csv")
    task = {
        **CLASSIFICATION,
        "dataset": {"path": "data", "files": {"test": "linked.csv", "train": "train.csv"}},
    }
    with pytest.raises(Failure, match=r"no file linked\.csv"):
        loaded(tmp_path, task)


@pytest.mark.parametrize("grade", [-3, 0.5, 1e300, "high"])
def test_a_grade_the_scorer_would_crash_on_is_refused(tmp_path, grade):
    retrieval_tables(tmp_path / "data", [{"qid": 1, "did": "a", "grade": grade}])
    with pytest.raises(Failure, match="`relevance` has the grade"):
        loaded(tmp_path, RETRIEVAL)


def test_a_row_of_another_length_is_refused_by_its_line(tmp_path):
    for split in ("train", "test"):
        write_table(tmp_path / "data" / f"{split}.csv", ROWS)
    with (tmp_path / "data" / "test.csv").open("a") as table:
        table.write("x,y,film,extra\n")
    with pytest.raises(Failure, match=r"test\.csv, line 6: 4 values for 3 columns"):
        loaded(tmp_path, CLASSIFICATION)


def test_a_table_in_another_encoding_is_refused_by_its_line(tmp_path):
    for split in ("train", "test"):
        write_table(tmp_path / "data" / f"{split}.csv", ROWS)
    with (tmp_path / "data" / "test.csv").open("ab") as table:
        table.write("Café,,film\n".encode("latin-1"))
    with pytest.raises(Failure, match=r"test\.csv, line 6: not UTF-8") as caught:
        loaded(tmp_path, CLASSIFICATION)
    assert caught.value.kind == "submission"


@pytest.mark.parametrize("value", [None, ["film"], {"a": 1}])
def test_a_label_that_is_no_label_is_refused(tmp_path, value):
    write_table(tmp_path / "data" / "train.jsonl", ROWS)
    write_table(tmp_path / "data" / "test.jsonl", [*ROWS, {**ROWS[0], "label": value}])
    with pytest.raises(Failure, match=r"has no label|holds lists, mappings or bytes"):
        loaded(tmp_path, CLASSIFICATION)


def test_more_neighbours_than_training_rows_are_refused(tmp_path):
    for split in ("train", "test"):
        write_table(tmp_path / "data" / f"{split}.csv", ROWS)
    with pytest.raises(Failure, match="k = 50 neighbours, but only 4 training rows"):
        loaded(tmp_path, {**CLASSIFICATION, "evaluator": {"method": "knn", "k": 50}})
