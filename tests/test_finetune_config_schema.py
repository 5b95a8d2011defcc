"""What breaks the schema of `finetune` is told once, and the rest is still looked at."""

from pathlib import Path

import pytest
from finetune_config_made import check_in, lines


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return check_in(tmp_path)


def test_what_breaks_the_schema_is_told_once_and_the_rest_is_still_looked_at(said):
    variants = (
        "variants:",
        "  one: {loss: label_aware, group_size: 2}",
        "  two: {los: flag-embedding, group_size: 2}",
        "  three: {batch_size: 1}",
        "held_out: -1",
    )
    assert said("", "[{path: rows/train.csv, colums: {text: t}}]", *variants) == lines(
        "10:33 unknown-key: unknown key `colums` in item 1 of `finetune.data`",
        "  fix: did you mean `columns`?",
        "13:17 not-allowed: `finetune.variants.one.loss` is `label_aware`, which is none of the choices",
        "  fix: did you mean `label-aware`?",
        "14:11 unknown-key: unknown key `los` in `finetune.variants.two`",
        "  fix: did you mean `loss`?",
        "15:25 batch-of-one: `batch_size: 1` leaves each text nothing to be compared with",
        "  fix: write `batch_size: 32`, or what memory allows",
        "16:13 out-of-range: `finetune.held_out` is -1, but must be at least 0",
        "  fix: write a number of at least 0",
    )


@pytest.mark.parametrize("value", ["[a]", "{a: b}", "3", "true", "null"])
@pytest.mark.parametrize("key", ["with", "pooling", "max_length"])
def test_a_value_of_another_kind_elsewhere_is_the_schemas_business(said, key, value):
    everything = said(recipe="pooling: cls, query_max_length: 128", load=f"{key}: {value}")
    assert f"`load.{key}` is" in everything or (key, value) == ("max_length", "3")
    assert said(head=f"model: acme/tuned\nadapted_from: {value}").startswith("3:15 ")
    assert said(evaluated=f"tasks: {value}") != ""


def test_a_preview_shows_a_warning_and_goes_on(said, capsys):
    from bot.commands.preview import InvalidSubmission, _check

    said("loss: flag-embedding, batch_size: 1")
    _check(Path("config.yaml"))
    assert "warning batch-of-one" in capsys.readouterr().out
    said("loss: label-aware, batch_size: 1")
    with pytest.raises(InvalidSubmission):
        _check(Path("config.yaml"))
