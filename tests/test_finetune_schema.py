"""What a config may leave out has the same default in its schema, which people read, and in the data, which is used."""

from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from schemas.finetuning import (
    Finetuning,
    HardNegatives,
    Recipe,
    TrainingSource,
    WeightsTarget,
    finetuning,
)
from schemas.validate import schema

CONFIG = schema("model-config")
ASKED = CONFIG["properties"]["finetune"]["properties"]
RECIPE = CONFIG["$defs"]["recipe"]["properties"]
LABELLED = {"id": "acme/rows", "columns": {"text": "text", "label": "label"}}
TABLES = {
    "finetune": (ASKED, Finetuning),
    "data": (CONFIG["$defs"]["finetuning_data"]["properties"], TrainingSource),
    "recipe": (RECIPE, Recipe),
    "hard_negatives": (RECIPE["hard_negatives"]["properties"], HardNegatives),
    "publish": (ASKED["publish"]["properties"], WeightsTarget),
}
BY_DATA = {"loss": "label-aware"}  # the schema's words say on what it depends


def described(keys) -> dict[str, object]:
    """Keys with a default, as data."""
    found = {key: about["default"] for key, about in keys.items() if "default" in about}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def used(kind) -> dict[str, object]:
    """Fields with a default that says something."""
    return {
        field.name.rstrip("_"): field.default
        for field in fields(kind)
        if field.default is not MISSING and field.default is not None
    }


@pytest.mark.parametrize("table", TABLES)
def test_schema_and_data_have_the_same_defaults(table):
    keys, kind = TABLES[table]
    assert {**described(keys), **(BY_DATA if kind is Recipe else {})} == used(kind)


@pytest.mark.parametrize("table", TABLES)
def test_schema_and_data_have_the_same_keys(table):
    keys, kind = TABLES[table]
    given = set(keys) - ({"recipe"} if kind is Finetuning else set())  # it is in each variant
    own = {field.name.rstrip("_") for field in fields(kind)}
    assert own - ({"written"} if kind is TrainingSource else set()) == given  # `path` once more


def test_what_is_read_from_a_config_that_leaves_all_out_has_them():
    data = {"base_model": "acme/base", "data": [LABELLED]}
    read = finetuning(data, Path("models/acme/tuned.yaml"))
    assert read == Finetuning("acme/base", read.data, {"tuned": Recipe()})
    mined = finetuning({**data, "recipe": {"hard_negatives": {}}}, Path("c.yaml"))
    assert mined.variants["tuned"].hard_negatives == HardNegatives()


@pytest.mark.parametrize(
    ("data", "loss"),
    [
        ([LABELLED], "label-aware"),
        ([LABELLED, {"path": "pairs.jsonl"}], "flag-embedding"),
        ([{"path": "pairs.jsonl"}], "flag-embedding"),
    ],
)
def test_the_loss_is_label_aware_where_all_data_has_labels(data, loss):
    read = finetuning({"base_model": "acme/base", "data": data}, Path("c.yaml"))
    assert read.variants["tuned"].loss == loss


def test_a_variant_keeps_what_it_does_not_change():
    data = {
        "base_model": "acme/base",
        "data": [LABELLED],
        "recipe": {"batch_size": 8, "epochs": 1},
        "variants": {"fast": {"epochs": 3}, "groups": {"loss": "flag-embedding"}},
    }
    assert finetuning(data, Path("c.yaml")).variants == {
        "fast": Recipe(batch_size=8, epochs=3),
        "groups": Recipe("flag-embedding", batch_size=8, epochs=1),
    }


def test_a_local_path_is_one_beside_the_config():
    data = {"base_model": "acme/base", "data": [{"path": "rows/train.csv"}]}
    (source,) = finetuning(data, Path("models/acme/tuned.yaml")).data
    assert source.path == Path("models/acme/rows/train.csv")
