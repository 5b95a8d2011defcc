"""Ready-made rows are checked line by line before anything is trained on them."""

import pytest

pytest.importorskip("datasets")

from runners.finetuning.refusals import UnusableTrainingData
from schemas.finetuning import TrainingSource
from tests.finetune_data_made import READY, read, write_lines


def message(tmp_path, rows, **source):
    path = write_lines(tmp_path / "rows.jsonl", rows)
    with pytest.raises(UnusableTrainingData) as caught:
        read(tmp_path, TrainingSource(path=path, **source))
    return caught.value.message


def changed(**values):
    row = {**READY, **values}
    return {name: value for name, value in row.items() if value is not ...}


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (changed(query=...), "`query` must be a text"),
        (changed(query=""), "`query` must be a text"),
        (changed(query=["a"]), "`query` must be a text"),
        (changed(pos="a"), "`pos` must be a list of texts, at least one"),
        (changed(pos=[]), "`pos` must be a list of texts, at least one"),
        (changed(pos=[" "]), "`pos` holds an empty text"),
        (changed(neg=...), "`neg` must be a list of texts, at least one"),
        (changed(neg=["a", 1]), "`neg` must be a list of texts, at least one"),
        (changed(prompt=1), "`prompt` must be a text"),
        (changed(pos_scores=[1]), "only one of `pos_scores` and `neg_scores` is there"),
        (changed(pos_scores=[1], neg_scores=[1]), "`neg_scores` must be a list of 2 numbers, one for each text of `neg`"),
        (changed(pos_scores=[True], neg_scores=[1, 2]), "`pos_scores` must be a list of 1 numbers, one for each text of `pos`"),
        (changed(pos_scores=["1"], neg_scores=[1, 2]), "`pos_scores` must be a list of 1 numbers, one for each text of `pos`"),
        (changed(type="symmetric"), "`type` is symmetric; FlagEmbedding's are normal, retrieval, only_1neg, symmetric_sts, symmetric_clustering, symmetric_class"),
        (changed(type=["normal"]), "`type` is ['normal']; FlagEmbedding's are normal, retrieval, only_1neg, symmetric_sts, symmetric_clustering, symmetric_class"),
        (changed(type="only_1neg"), "type only_1neg among rows of type normal; a file has one type"),
        (changed(pos_scores=[1], neg_scores=[1, 2]), "some rows of the file have scores and some have none"),
        ("text", "no JSON object"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_trained_on_is_told_with_its_line(tmp_path, row, what):
    told = message(tmp_path, [READY, row])
    assert told == f"1 row cannot be trained on: rows.jsonl, line 2: {what}"


def test_of_many_wrong_rows_the_first_are_told_and_how_many_there_are(tmp_path):
    told = message(tmp_path, [READY] * 3 + [{}] * 200)
    assert told.startswith("200 rows cannot be trained on: rows.jsonl, line 4: `query` must be")
    assert told.count("line ") == 5
    assert told.endswith("; and 195 more")


@pytest.mark.parametrize(
    "kind",
    ["normal", "retrieval", "only_1neg", "symmetric_sts", "symmetric_clustering", "symmetric_class"],
)  # fmt: skip
def test_a_type_is_the_rows_own_or_what_the_config_says(tmp_path, kind):
    own = write_lines(tmp_path / "own.jsonl", [changed(type=kind)])
    said = write_lines(tmp_path / "said.jsonl", [READY])
    [data] = read(tmp_path / "1", TrainingSource(path=own))
    assert [table.type for table in data.tables] == [kind]
    [data] = read(tmp_path / "2", TrainingSource(path=said, type=kind))
    assert [table.type for table in data.tables] == [kind]


def test_files_of_a_folder_may_have_different_types(tmp_path):
    write_lines(tmp_path / "ready" / "a.jsonl", [changed(type="only_1neg", neg=["x"])])
    write_lines(tmp_path / "ready" / "b.jsonl", [changed(pos_scores=[1], neg_scores=[0.5, 2])] * 2)
    [data] = read(tmp_path, TrainingSource(path=tmp_path / "ready"))
    told = [(table.name, table.type, table.scores) for table in data.tables]
    assert told == [("a.jsonl", "only_1neg", False), ("b.jsonl", "normal", True)]
    assert data.total == 3


@pytest.mark.parametrize("kind", ["symmetric_class", "symmetric_clustering"])
def test_classes_and_clusters_refuse_negatives_of_the_batch(tmp_path, kind):
    told = message(tmp_path, [changed(type=kind)], in_batch_negatives=True)
    assert told == (
        f"rows.jsonl holds rows of type {kind}, for which `in_batch_negatives: true` is wrong: "
        "another query's passage may be of the same class"
    )
