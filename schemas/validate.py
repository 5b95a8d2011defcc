"""Check data against one of the project's JSON Schemas and say every problem in words a stranger can act on."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from schemas.explain import explained, listed, named
from schemas.problem import Problem, nearest, shown
from schemas.yaml_document import Path_, YamlDocument

FOLDER = Path(__file__).parent
MOST_PROBLEMS = 1000
NAMES = ("model-config", "custom-task", "report", "task-result")


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema called `name` (one of NAMES)."""
    loaded: dict[str, Any] = json.loads(
        (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    )
    return loaded


@cache
def validator(name: str) -> Any:
    """A validator for the schema called `name`, which may refer to the other schemas."""
    from referencing import Registry, Resource

    registry: Any = Registry().with_resources(
        (schema(other)["$id"], Resource.from_contents(schema(other))) for other in NAMES
    )
    return _dialect()(schema(name), registry=registry)


@cache
def _dialect() -> Any:
    """Draft 2020-12 with two keywords made safe for hostile input."""
    from jsonschema import Draft202012Validator  # 0.1 s to import: only when something is validated
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def pattern(_: Any, regex: str, value: object, __: object) -> Iterator[ValidationError]:
        # Python's `$` lets a newline follow; the one that JSON Schema means does not
        if isinstance(value, str) and not re.search(regex.replace("$", r"\Z"), value):
            yield ValidationError(f"{value!r} does not match {regex!r}")

    def unique_items(_: Any, wanted: bool, value: object, __: object) -> Iterator[ValidationError]:
        # jsonschema's own compares every pair when the items' types are mixed
        if wanted and isinstance(value, list) and len(set(map(_identity, value))) < len(value):
            yield ValidationError("has repeated items")

    safe = {"pattern": pattern, "uniqueItems": unique_items}
    return extend(Draft202012Validator, safe)  # type: ignore[no-untyped-call]  # untyped upstream


def _identity(item: object) -> str:
    return json.dumps(item, sort_keys=True)


def problems_in(document: YamlDocument, name: str) -> list[Problem]:
    """Problems of a YAML document, MOST_PROBLEMS at most: those of parsing, and those the schema finds."""
    if document.data is None:
        return list(document.problems)
    found = (
        problem
        for error in _without_echoes(validator(name).iter_errors(document.data))
        for problem in _problems_of(error, document, schema(name))
    )
    return sorted({*document.problems, *islice(found, MOST_PROBLEMS)})


def violations(data: object, name: str, most: int = 20) -> list[str]:
    """What breaks the schema in machine-written data, as `path: message` lines; empty when it validates."""
    lines = []
    for error in validator(name).iter_errors(data):
        lines.append(f"{error.json_path}: {shown(error.message, 300)}")
        if len(lines) == most:
            break
    return lines


def _without_echoes(errors: Iterable[Any]) -> list[Any]:
    """Of the lists of choices that one value misses, only the shortest: the one its context leaves."""
    others: list[Any] = []
    choices: dict[Path_, Any] = {}
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator != "enum":
            others.append(error)
        elif path not in choices or len(error.validator_value) < len(choices[path].validator_value):
            choices[path] = error
    return [*others, *choices.values()]


def _problems_of(error: Any, document: YamlDocument, root: Mapping[str, Any]) -> Iterator[Problem]:
    path: Path_ = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(error, path, document, root)
        case "required":
            yield from _missing_keys(error.validator_value, error, path, document, root)
        case "dependentRequired":
            for given, needed in error.validator_value.items():
                if given in error.instance:
                    yield from _missing_keys(needed, error, path, document, root)
        case "uniqueItems":
            yield from _repeated_items(error.instance, path, document)
        case keyword:
            if "propertyNames" in error.absolute_schema_path:
                path = (*path, error.instance)
            at_key = keyword == "not" or "propertyNames" in error.absolute_schema_path
            problem = document.key_problem if at_key else document.problem
            yield problem(path, *explained(error, root))


def _unknown_keys(
    error: Any, path: Path_, document: YamlDocument, root: Mapping[str, Any]
) -> Iterator[Problem]:
    known = error.schema["properties"]
    for key in error.instance:
        if key not in known:
            message = f"unknown key `{shown(key)}` in {named(path)}"
            fix = _right_key(key, known, root)
            yield document.key_problem((*path, key), "unknown-key", message, fix)


def _right_key(key: str, known: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if guess := nearest(key, known):
        return f"did you mean `{guess}`?"
    for parent, about in root["properties"].items():
        if key in about.get("properties", {}):
            return f"move it to `{parent}.{key}`"
    if key in root["properties"]:
        return f"`{key}` belongs at the top level of the file: indent it less"
    return f"delete it; the keys known here are {listed(known)}"


def _missing_keys(
    needed: Iterable[str],
    error: Any,
    path: Path_,
    document: YamlDocument,
    root: Mapping[str, Any],
) -> Iterator[Problem]:
    for key in needed:
        if key not in error.instance:
            message = f"the key `{key}` is missing in {named(path)}"
            fix = f"add `{key}:`. {_description(root, (*path, key))}".rstrip()
            yield document.problem(path, "missing-key", message, fix)


def _description(root: Mapping[str, Any], path: Path_) -> str:
    """What the schema says of the value at `path`."""
    at: Any = root
    for part in path:
        at = at.get("items" if isinstance(part, int) else "properties", {})
        at = at if isinstance(part, int) else at.get(part, {})
    return str(at.get("description", ""))


def _repeated_items(items: list[Any], path: Path_, document: YamlDocument) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        earlier = first.setdefault(_identity(item), index)
        if earlier < index:
            message = f"{named((*path, index))} repeats item {earlier + 1}: `{shown(item)}`"
            fix = "delete one of the two"
            yield document.problem((*path, index), "repeated-item", message, fix)
