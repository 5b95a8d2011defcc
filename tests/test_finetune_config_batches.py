"""A batch that teaches nothing, or the wrong thing, is refused with the reason."""

import pytest
from finetune_config_made import FELL, LABELLED, PAIRS, SHA, check_in, lines


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return check_in(tmp_path)


@pytest.mark.parametrize(
    ("recipe", "data", "more"),
    [
        ("", LABELLED, ()),
        ("loss: flag-embedding, hard_negatives: {}", LABELLED, ()),
        ("loss: flag-embedding, same_dataset: false", PAIRS, ()),
        ("knowledge_distillation: true, distillation_loss: m3_kd_loss", "[{path: pairs/scored.jsonl}]", ()),
        ("", f"[{{id: acme/rows, revision: {SHA}, columns: {{text: t, label: l}}}}]", ("seeds: [1, 2]",)),
        ("", LABELLED, ("held_out: 0",)),
        ("group_size: 4", LABELLED, ("variants:", "  aware: {loss: label-aware}", "  groups: {loss: flag-embedding}")),
    ],
    ids=["labelled", "mined", "in-batch", "distilled", "Hub", "nothing held out", "both losses"],
)  # fmt: skip
def test_nothing_is_said_of_a_training_that_makes_sense(said, recipe, data, more):
    assert said(recipe, data, *more) == ""


def test_labelled_rows_never_serve_each_other_as_negatives(said):
    data = LABELLED.replace("columns", "in_batch_negatives: true, columns")
    assert said("loss: flag-embedding", data) == lines(
        "10:53 in-batch-false-negatives: `in_batch_negatives: true` takes passages of other rows for negatives, "
        f"and many of these have the same label. {FELL}",
        "  fix: write `in_batch_negatives: false`, or delete the line",
    )


def test_clusters_are_like_labels_whether_the_config_or_the_rows_say_so(said):
    said_by_config = f"[{{id: acme/rows, revision: {SHA}, type: symmetric_clustering, in_batch_negatives: true}}]"
    said_by_rows = "[{path: clusters/rows.jsonl, in_batch_negatives: true}]"
    message = (
        "in-batch-false-negatives: `in_batch_negatives: true` takes passages of other rows for negatives, "
        f"and many of these have the same cluster. {FELL}"
    )
    assert f" {message}\n" in said("", said_by_config)
    assert f" {message}\n" in said("", said_by_rows)


def test_labelled_rows_are_batched_by_data_set(said):
    assert said("loss: flag-embedding, same_dataset: false") == lines(
        "11:48 in-batch-false-negatives: `same_dataset: false` takes every other passage of the batch for a negative, "
        f"whatever the data says, and many of these have the same label in `rows/train.csv`. {FELL}",
        "  fix: write `same_dataset: true`, or delete the line",
    )


def test_ready_made_rows_of_classes_are_batched_by_data_set(said):
    assert "the same label in `classes/rows.jsonl`. " in said(
        "same_dataset: false", "[{path: pairs/sts.jsonl}, {path: classes/rows.jsonl}]"
    )


def test_several_data_sets_are_not_mixed_in_a_batch(said):
    data = "[{path: pairs/sts.jsonl}, {path: pairs/scored.jsonl}]"
    assert said("same_dataset: false", data) == lines(
        "11:26 in-batch-false-negatives: `same_dataset: false` takes every other passage of the batch for a negative, "
        "whatever the data says, and mixes 2 data sets in it: passages of another one are told apart by their style "
        "alone",
        "  fix: write `same_dataset: true`, or delete the line",
    )


def test_a_batch_of_one_text_has_nothing_to_compare(said):
    assert said("batch_size: 1") == lines(
        "11:24 batch-of-one: `batch_size: 1` leaves each text nothing to be compared with",
        "  fix: write `batch_size: 32`, or what memory allows",
    )


def test_a_batch_of_one_query_is_warned_about_with_where_it_comes_from(said):
    assert said("loss: flag-embedding, batch_size: 1") == lines(
        "11:46 warning batch-of-one: with `batch_size: 1` a step sees one query and its own passages, which is slow and "
        "rarely meant: FlagEmbedding halves the batch of types that are called symmetric (3 // 2 = 1), here it is not "
        "halved",
        "  fix: write how many queries a step is to see, for example `batch_size: 32`; leave it if it is to be 1",
    )


@pytest.mark.parametrize(
    ("recipe", "where", "what"),
    [
        ("texts_per_label: 33", "11:29", "`texts_per_label: 33`, more than the batch of 32"),
        ("texts_per_label: 17", "11:29", "`texts_per_label: 17`, more than half of the batch of 32"),
        ("batch_size: 7", "11:24", "`texts_per_label` is 4 unless told, more than half of the batch of 7"),
    ],
)  # fmt: skip
def test_a_batch_has_room_for_two_labels(said, recipe, where, what):
    room = int(recipe.split()[1]) if recipe.startswith("texts") else 4
    assert said(recipe) == lines(
        f"{where} batch-of-one-label: {what}: no other label has room in it, so nothing is told apart",
        f"  fix: write `batch_size: {2 * room}` or more, or a smaller `texts_per_label`",
    )


def test_half_a_batch_of_a_label_is_fine(said):
    assert said("texts_per_label: 16") == said("batch_size: 8") == ""
