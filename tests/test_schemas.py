"""The schemas are sound, describe every field, and refuse what they do not know."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from broken import CONFIG, TASK

from schemas.__main__ import flaws
from schemas.validate import NAMES, problems_in, schema, violations
from schemas.yaml_document import parse_yaml

HINTS = {"x-rule", "x-message", "x-fix", "x-unit"}


def subschemas(at: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema of a value: properties, items and what they hold; not the branches of conditions."""
    yield name, at
    below = {**at.get("properties", {}), **at.get("$defs", {})}
    for key in ("items", "additionalProperties"):
        if isinstance(at.get(key), dict):
            below[key] = at[key]
    for key, value in below.items():
        yield from subschemas(value, f"{name}.{key}")


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_valid_strict_and_described_throughout(name):
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(flaws(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_hint_for_people_is_misspelt(name):
    for place, at in subschemas(schema(name), name):
        assert {key for key in at if key.startswith("x-")} <= HINTS, place


@pytest.mark.parametrize("name", ["model-config", "custom-task", "experiment", "settings"])
def test_every_pattern_says_in_words_how_to_keep_it(name):
    for place, at in subschemas(schema(name), name):
        if "pattern" in at:
            re.compile(at["pattern"])
            assert at.get("x-fix"), place


@pytest.mark.parametrize("name", ["model-config", "custom-task", "experiment", "settings"])
def test_schema_version_is_asked_for_and_only_1_is_read(name):
    assert "schema_version" in schema(name)["required"]
    assert schema(name)["properties"]["schema_version"]["const"] == 1


@pytest.mark.parametrize(("text", "name"), [(CONFIG, "model-config"), (TASK, "custom-task")])
def test_a_right_file_keeps_its_schema_and_not_the_other(text, name):
    document = parse_yaml(text.encode(), "file.yaml")
    assert problems_in(document, name) == []
    assert violations(document.data, name) == []
    assert violations(document.data, next(other for other in NAMES if other != name))


def test_violations_name_path_and_fault_and_stop_after_enough():
    assert violations({"task_name": 1, "scores": {}}, "task-result", most=2) == [
        "$: 'dataset_revision' is a required property",
        "$: 'mteb_version' is a required property",
    ]
