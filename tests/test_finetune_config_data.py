"""Training data lies beside the config, can be read, and has the columns that the config names."""

from pathlib import Path

import pytest
from finetune_config_made import LABELLED, check_in, lines


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return check_in(tmp_path)


@pytest.mark.parametrize("path", ["../rows.csv", "/etc/passwd", "rows/../../rows.csv", "."])
def test_training_data_lies_beside_the_config(said, path):
    assert said("", f"[{{path: {path}}}]") == lines(
        f"10:17 training-data-outside: the training data `{path}` lies outside of the submission",
        "  fix: put it into a file or folder beside this config, or name a data set on the Hub",
    )


@pytest.mark.parametrize("link", ["linked", "linked/train.csv", "rows/link.csv", "folder"])
def test_training_data_is_no_link(said, link):
    Path("linked").symlink_to("rows")
    Path("rows/link.csv").symlink_to("/etc/passwd")
    Path("folder").mkdir()
    Path("folder/link.jsonl").symlink_to("/etc/passwd")
    assert said("", f"[{{path: {link}}}]") == lines(
        f"10:17 training-data-linked: the training data `{link}` is, or goes through, a link",
        "  fix: put the file itself there",
    )


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("missing.csv", None, "No such file or directory"),
        ("rows", None, "the folder holds no .jsonl file"),
        ("rows.txt", b"a", "it is no CSV, JSON lines or Parquet file by its name"),
        ("rows.jsonl", b"[1]", "its first line is no JSON object"),
        ("rows.csv", b"\xff\xfe", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)  # fmt: skip
def test_training_data_can_be_read(said, path, content, reason):
    if content:
        Path(path).write_bytes(content)
    assert said("", LABELLED.replace("rows/train.csv", path)) == lines(
        f"10:17 training-data-unreadable: the training data `{path}` cannot be read: {reason}",
        "  fix: name a CSV, JSON lines or Parquet file that exists, relative to the folder of this config",
    )


def test_a_pipe_is_not_waited_for(said):
    import os

    os.mkfifo("pipe.csv")
    assert "training-data-unreadable" in said("", "[{path: pipe.csv}]")


def test_columns_are_those_of_the_file(said):
    data = LABELLED.replace("[title, body]", "[titel, body]").replace("topic", "klass")
    assert said("", data) == lines(
        "10:50 unknown-column: `rows/train.csv` has no column `titel`",
        "  fix: did you mean `title`?",
        "10:71 unknown-column: `rows/train.csv` has no column `klass`",
        "  fix: its columns are `title`, `body`, `topic`",
    )


def test_columns_of_json_lines_are_looked_at_too_and_those_of_parquet_are_left_to_the_runner(said):
    Path("rows/train.jsonl").write_text('{"text": "a", "label": 1}\nno JSON here')
    Path("rows/train.parquet").write_bytes(b"PAR1")
    columns = "columns: {text: text, label: topic}"
    assert said("", f"[{{path: rows/train.jsonl, {columns}}}]") == lines(
        "10:64 unknown-column: `rows/train.jsonl` has no column `topic`",
        "  fix: its columns are `text`, `label`",
    )
    assert said("", f"[{{path: rows/train.parquet, {columns}}}]") == ""


def test_the_label_is_no_part_of_the_text(said):
    assert said("", LABELLED.replace("body", "topic")) == lines(
        "10:57 column-used-twice: the column `topic` is both `text` and `label`",
        "  fix: give each its own column",
    )


def test_rows_without_labels_are_flagembeddings_own(said):
    assert said("", "[{path: rows/train.csv}]") == lines(
        "10:17 unready-rows: rows of `rows/train.csv` have no `query`, and no `columns` say where text and label stand",
        "  fix: name the `columns` of text and label, or give FlagEmbedding's rows: `query`, `pos` and `neg`",
    )


def test_rows_with_labels_have_no_other_type(said):
    assert said("", LABELLED.replace("columns", "type: symmetric_sts, columns")) == lines(
        "10:33 setting-without-effect: `type` has no effect beside `columns`: it is about FlagEmbedding's own rows",
        "  fix: delete one of the two",
    )
