"""A setting that does nothing, or contradicts another, is refused with the reason."""

import pytest
from finetune_config_made import LABELLED, PAIRS, check_in, lines


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return check_in(tmp_path)


def test_a_label_aware_loss_needs_labels(said):
    assert said("loss: label-aware", "[{path: pairs/sts.jsonl}]") == lines(
        "11:18 labels-missing: `loss: label-aware` compares texts by their labels, and item 1 of `finetune.data` has no "
        "`columns` that name them",
        "  fix: name the `columns` of text and label there, or write `loss: flag-embedding`",
    )


def test_hard_negatives_need_labels(said):
    assert said("hard_negatives: {}", PAIRS) == lines(
        "11:12 labels-missing: `hard_negatives` are texts of other labels, and no item of `finetune.data` has labels",
        "  fix: name the `columns` of text and label, or delete it: rows of FlagEmbedding's bring their negatives",
    )


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        ("same_dataset: true", "which never takes texts of the same label for negatives, whatever they come from"),
        ("group_size: 4", "which has no groups of passages: it compares every text of a batch with all others"),
        ("hard_negatives: {}", "which has no groups of passages: it compares every text of a batch with all others"),
        ("passage_max_length: 64", "which has no groups of passages: it compares every text of a batch with all others"),
        ("knowledge_distillation: true", "which learns from labels, not from scores"),
    ],
)  # fmt: skip
def test_settings_of_groups_do_nothing_for_a_label_aware_loss(said, recipe, reason):
    key = recipe.partition(":")[0]
    assert said(recipe) == lines(
        f"11:12 setting-without-effect: `{key}` has no effect with `loss: label-aware`, {reason}",
        "  fix: delete it, or write `loss: flag-embedding`",
    )


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        ("positives: one", "which takes one positive for each query"),
        ("texts_per_label: 2", "which draws a batch from all rows alike"),
    ],
)
def test_settings_of_labels_do_nothing_for_flagembeddings_loss(said, recipe, reason):
    key = recipe.partition(":")[0]
    assert said(f"{recipe}, loss: flag-embedding") == lines(
        f"11:12 setting-without-effect: `{key}` has no effect with `loss: flag-embedding`, {reason}",
        "  fix: delete it, or write `loss: label-aware`",
    )


def test_a_setting_that_variants_share_must_matter_to_one_of_them(said):
    variants = (
        "variants:",
        "  one: {batch_size: 8}",
        "  two: {batch_size: 16, group_size: 2}",
        "  three: {loss: flag-embedding}",
    )
    assert said("group_size: 4", LABELLED, *variants) == lines(
        "14:27 setting-without-effect: `group_size` has no effect with `loss: label-aware`, which has no groups of "
        "passages: it compares every text of a batch with all others",
        "  fix: delete it, or write `loss: flag-embedding`",
    )


def test_a_loss_of_scores_does_nothing_without_scores(said):
    assert said("distillation_loss: kl_div", PAIRS) == lines(
        "11:12 setting-without-effect: `distillation_loss` has no effect without `knowledge_distillation: true`",
        "  fix: delete it, or write `knowledge_distillation: true`",
    )


def test_rows_with_labels_have_no_scores_to_learn(said):
    assert said("loss: flag-embedding, knowledge_distillation: true") == lines(
        "11:58 scores-missing: `knowledge_distillation` learns `pos_scores` and `neg_scores`, and rows with labels have "
        "none: item 1 of `finetune.data`",
        "  fix: delete it, or give FlagEmbedding's own rows with scores in place of `columns`",
    )


def test_rows_without_scores_have_none_to_learn_either(said):
    assert said("knowledge_distillation: true", PAIRS) == lines(
        "10:17 scores-missing: `knowledge_distillation` learns scores, and rows of `pairs/sts.jsonl` have no `pos_scores`",
        "  fix: add `pos_scores` and `neg_scores` to every row, or delete `knowledge_distillation`",
    )


@pytest.mark.parametrize(
    ("ranks", "where", "drawn"),
    [
        ("from: 10, to: 10", "11:57", "from rank 10 to rank 10"),
        ("from: 5000", "11:57", "from rank 5000 to rank 100"),
        ("to: 5", "11:50", "from rank 10 to rank 5"),
    ],
)
def test_hard_negatives_go_from_near_to_far(said, ranks, where, drawn):
    assert said(f"loss: flag-embedding, hard_negatives: {{{ranks}}}") == lines(
        f"{where} upside-down-range: `hard_negatives` are drawn {drawn}, which is none at all",
        "  fix: write the nearer rank as `from`, for example `from: 10` and `to: 100`",
    )


@pytest.mark.parametrize(
    ("load", "says"),
    [
        ("pooling: mean", "`load.pooling` is `mean`"),
        ("with: flag-embedding, pooling: mean", "`load.pooling` is `mean`"),
        ("with: flag-embedding", "FlagEmbedding evaluates with `cls` unless told"),
    ],
)
def test_training_pools_as_evaluation_does(said, load, says):
    trained = "last-token"
    assert said(f"pooling: {trained}", load=load) == lines(
        f"11:21 training-pooling-differs: `pooling: {trained}` trains other vectors than are evaluated: {says}",
        "  fix: delete it: training then pools as the base model does",
    )


def test_the_same_pooling_may_be_said_twice(said):
    assert said("pooling: cls", load="with: flag-embedding") == ""
    assert said("pooling: mean", load="pooling: mean") == ""
    assert said("pooling: mean") == ""


def test_what_evaluation_cuts_is_not_trained_on(said):
    assert said("query_max_length: 128", load="max_length: 64") == lines(
        "11:30 trained-beyond-max-length: `query_max_length: 128`, but the model is evaluated on 64 tokens at most "
        "(`load.max_length`)",
        "  fix: write `query_max_length: 64` or less, or raise `load.max_length`",
    )
    assert said("", load="max_length: 32") == lines(
        "11:11 trained-beyond-max-length: `query_max_length` is 64 unless told, but the model is evaluated on 32 tokens "
        "at most (`load.max_length`)",
        "  fix: write `query_max_length: 32` or less, or raise `load.max_length`",
    )
    assert said("passage_max_length: 128", PAIRS, load="max_length: 64").startswith("11:32 trained")
