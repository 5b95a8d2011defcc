"""What a report says of its training data is held against the config: rows, splits, and what was kept from training."""

from pathlib import Path
from typing import Any

import pytest
from finetuned_made import (
    contamination,
    failed,
    finetuning,
    of_config,
    training,
    tuned_config,
    tuned_data,
)
from made import failure

from bot.finetuned.agreement import disagreement
from bot.report import report_from
from bot.report_consistency import contradictions
from schemas.finetuning import Recipe

LABELS = {"columns": {"text": "text", "label": "label"}}
HUB = {"id": "org/news", "revision": "9" * 40, **LABELS}
(NEWS,) = finetuning()["data"]
NOT_BEGUN = training(steps=0, loss=[], held_out=[], weights_sha256=None, tasks=())


def wrong(folder: Path, asked: dict[str, Any], *runs: dict[str, Any], **told: Any) -> str:
    """In which a report that tells this disagrees with a config that asks for that."""
    config = tuned_config(folder, asked)
    data = of_config(tuned_data(*runs, told=told), config)
    assert contradictions(data) == []
    return disagreement(report_from(data), config)


def test_another_split_than_the_configs_is_refused(tmp_path):
    of_test = {"data": [{**HUB, "split": "test"}]}
    assert "or on other splits of them" in wrong(tmp_path, of_test, data=[NEWS])
    assert wrong(tmp_path, of_test, data=[{**NEWS, "split": "test"}]) == ""


def test_a_local_file_has_no_split(tmp_path):
    local = {"data": [{"path": "train.csv", **LABELS}]}
    there = {**NEWS, "name": "train.csv", "revision": None}
    assert "or on other splits of them" in wrong(tmp_path, local, data=[there])


def test_more_rows_than_the_config_draws_are_refused(tmp_path):
    drawn = {"data": [{**HUB, "rows": 3000}]}
    said = wrong(tmp_path, drawn, data=[{**NEWS, "trained": 3001}])
    assert said == "it trained on more rows of org/news than the config says"
    assert wrong(tmp_path, drawn, data=[{**NEWS, "trained": 2800}]) == ""


def test_rows_are_counted_for_each_data_set(tmp_path):
    """The second is ready-made, and drawn from; of the first all rows are taken."""
    ready = {"path": "pairs.jsonl", "rows": 500}
    two, run = {"data": [HUB, ready]}, training(recipe=Recipe(loss="flag-embedding"))
    pairs = {**NEWS, "name": "pairs.jsonl", "revision": None, "split": None, "labels": None}
    assert wrong(tmp_path, two, run, data=[NEWS, {**pairs, "trained": 500}]) == ""
    said = wrong(tmp_path, two, run, data=[NEWS, {**pairs, "trained": 501}])
    assert said == "it trained on more rows of pairs.jsonl than the config says"


def test_more_rows_held_out_than_the_config_says_are_refused(tmp_path):
    asked = {"held_out": 50}
    assert wrong(tmp_path, asked, held_out=51) == "it held more rows out than the config says"
    assert wrong(tmp_path, asked, held_out=48) == "", "small labels keep their last rows"


def test_rows_are_left_out_only_where_the_config_says_so(tmp_path):
    told = {"contamination": {**contamination(0), "left_out": 12}}
    said = wrong(tmp_path, {}, **told)
    assert said == "it left evaluated rows out, and the config says to refuse them"
    assert wrong(tmp_path, {"evaluated_rows": "leave-out"}, **told) == ""


def test_trainings_stand_in_the_order_of_the_config(tmp_path):
    """Else any of them could be made the first one."""
    asked = {"variants": {"soft": {}, "sharp": {}}, "seeds": [1, 2]}
    order = [("soft", 1), ("soft", 2), ("sharp", 1), ("sharp", 2)]
    runs = [training(*one) for one in order]
    assert wrong(tmp_path, asked, *runs) == ""
    assert "do not stand in the order" in wrong(tmp_path, asked, *runs[2:], *runs[:2])
    assert "do not stand in the order" in wrong(tmp_path, asked, runs[1], runs[0], *runs[2:])


@pytest.mark.parametrize("data", [[], [NEWS]], ids=["without data", "with data"])
@pytest.mark.parametrize("rows", [0, 200])
def test_a_run_that_ended_before_its_first_training_is_taken(data, rows, tmp_path):
    """Where evaluated rows were the reason, it may tell how many, and of what."""
    found = contamination(rows, allowed=False)
    nothing = {"held_out": 0, "raw": [], "data": data, "contamination": found}
    assert wrong(tmp_path, {}, NOT_BEGUN, **nothing) == ""


def test_a_run_whose_only_training_failed_is_taken(tmp_path):
    assert wrong(tmp_path, {}, failed("tuned", failure("out_of_memory"))) == ""
