"""Variants differ, and the best of several is chosen by rows that were held out."""

import pytest
from finetune_config_made import LABELLED, PAIRS, check_in, lines


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return check_in(tmp_path)


def test_a_variant_changes_something(said):
    variants = ("variants:", "  same: {}", "  fast: {learning_rate: 0.001}")
    assert said("", LABELLED, *variants) == lines(
        "13:11 variant-changes-nothing: the variant `same` changes nothing of the recipe",
        "  fix: write what it changes; a setting that has the recipe's value makes the recipe itself a variant",
    )


def test_no_two_variants_are_the_same_training(said):
    variants = ("variants:", "  one: {batch_size: 32}", "  two: {learning_rate: 5.0e-5}")
    assert said("", LABELLED, *variants) == lines(
        "14:5 variants-alike: the variant `two` is the same training as `one`",
        "  fix: delete one of the two",
    )


@pytest.mark.parametrize(
    ("more", "several"),
    [
        (("seeds: [1, 2]",), "1 variant with 2 seeds"),
        (("variants:", "  a: {epochs: 1}", "  b: {epochs: 3}"), "2 variants with 1 seed"),
    ],
)
def test_the_best_of_several_is_chosen_by_rows_that_were_held_out(said, more, several):
    assert said("", LABELLED, "held_out: 0", *more) == lines(
        f"12:13 nothing-to-choose-by: `held_out: 0` leaves nothing to choose by among {several}",
        "  fix: write how many labelled rows to hold out, or delete the line (200); or name one variant and one seed",
    )


@pytest.mark.parametrize(("data", "item"), [(PAIRS, 1), (f"{LABELLED[:-1]}, {PAIRS[1:]}", 2)])
def test_without_labels_everywhere_the_first_of_several_is_taken(said, data, item):
    assert said("loss: flag-embedding", data, "seeds: [1, 2]") == lines(
        f"12:10 warning nothing-to-choose-by: rows without labels (item {item} of `finetune.data`) leave nothing to choose "
        "by among 1 variant with 2 seeds: the first is taken, whatever its scores",
        "  fix: put first what is to be submitted, or name one variant and one seed",
    )


def test_the_tuned_model_has_a_name_of_its_own(said):
    assert said(head="model: acme/base") == lines(
        "9:15 base-is-the-model: `finetune.base_model` is the model itself, so tuned and base model could not be told "
        "apart",
        "  fix: give the tuned model an id of its own as `model`, and name the file after it",
    )


def test_a_tuned_model_is_adapted_from_its_base(said):
    assert said(head="model: acme/tuned\nadapted_from: acme/other") == lines(
        "3:15 adapted-from-another: `adapted_from` is `acme/other`, but the model is trained from `acme/base`",
        "  fix: write `adapted_from: acme/base`, or delete the line",
    )
    assert said(head="model: acme/tuned\nadapted_from: acme/base") == ""


@pytest.mark.parametrize("load", ["with: mteb", "with: entry-point, entry_point: acme"])
def test_only_plain_models_are_trained(said, load):
    name = load.split(",")[0].split()[1]
    assert said(load=load) == lines(
        f"6:14 cannot-train: a model that is loaded with `{name}` cannot be trained here",
        "  fix: write `with: sentence-transformers` or `with: flag-embedding`, or leave `finetune` out",
    )
