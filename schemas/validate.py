"""Check data against one of the project's JSON Schemas and say every problem in words a stranger can act on."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from schemas.explain import explained, named
from schemas.problem import Names, Problem, nearest, shown
from schemas.yaml_document import Path_, YamlDocument

FOLDER = Path(__file__).parent
MOST_PROBLEMS = 1000
NAMES = (
    "model-config",
    "custom-task",
    "experiment",
    "report",
    "task-result",
    "publication",
    "results-submission",
    "settings",
    "plan",
)


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
def _by_id() -> Mapping[str, dict[str, Any]]:
    return {schema(name)["$id"]: schema(name) for name in NAMES}


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
    explainer = _Explainer(document, schema(name))
    found = (
        problem
        for error in _without_echoes(validator(name).iter_errors(document.data))
        for problem in explainer.problems(error)
    )
    return sorted({*document.problems, *islice(found, MOST_PROBLEMS)})


def violations(data: object, name: str, most: int = 20) -> list[str]:
    """What breaks the schema in machine-written data, as `path: message` lines; empty when it validates."""
    lines = []
    for error in validator(name).iter_errors(data):
        lines.append(f"{shown(error.json_path, 300)}: {shown(error.message, 300)}")
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


@dataclass(frozen=True)
class _Explainer:
    """Turns jsonschema's errors into problems of one document under one schema."""

    document: YamlDocument
    root: Mapping[str, Any]

    def problems(self, error: Any) -> Iterator[Problem]:
        match error.validator:
            case "additionalProperties":
                yield from self._unknown_keys(error)
            case "required":
                yield from self._missing_keys(error, error.validator_value)
            case "dependentRequired":
                for given, needed in error.validator_value.items():
                    if given in error.instance:
                        yield from self._missing_keys(error, needed)
            case "oneOf" if not isinstance(error.instance, Mapping):
                pass  # the keys that one of must be there are those of a mapping; `type` says that it is none
            case "uniqueItems":
                yield from self._repeated_items(error)
            case _:
                yield self._other(error)

    def _other(self, error: Any) -> Problem:
        path: Path_ = tuple(error.absolute_path)
        words = explained(error, self.root)
        if "propertyNames" in error.absolute_schema_path:
            return self.document.key_problem((*path, error.instance), *words)
        if error.validator == "not":
            return self.document.key_problem(path, *words)
        return self.document.problem(path, *words)

    def _unknown_keys(self, error: Any) -> Iterator[Problem]:
        path: Path_ = tuple(error.absolute_path)
        known = error.schema["properties"]
        for key in error.instance:
            if key not in known:
                message = f"unknown key `{shown(key)}` in {named(path)}"
                fix = self._right_key(key, known)
                yield self.document.key_problem((*path, key), "unknown-key", message, fix)

    def _right_key(self, key: str, known: Mapping[str, Any]) -> str:
        if guess := nearest(key, known):
            return f"did you mean `{guess}`?"
        for parent, about in self.root["properties"].items():
            if key in about.get("properties", {}):
                return f"move it to `{parent}.{key}`"
        if key in self.root["properties"]:
            return f"`{key}` belongs at the top level of the file: indent it less"
        return f"delete it; the keys known here are {', '.join(f'`{name}`' for name in known)}"

    def _missing_keys(self, error: Any, needed: Iterable[str]) -> Iterator[Problem]:
        path: Path_ = tuple(error.absolute_path)
        known = Names(self._schema_at(path).get("properties", {}))
        misspelt = {known.nearest(key) for key in error.instance}
        for key in needed:
            if key not in error.instance and key not in misspelt:
                message = f"the key `{key}` is missing in {named(path)}"
                description = self._schema_at((*path, key)).get("description", "")
                fix = f"add `{key}:`. {description}".rstrip()
                yield self.document.problem(path, "missing-key", message, fix)

    def _schema_at(self, path: Path_) -> Mapping[str, Any]:
        """The schema of the value at `path`, without conditions; empty where there is none."""
        at: Mapping[str, Any] = self.root
        for part in path:
            below = at.get("items") if isinstance(part, int) else at.get("properties", {}).get(part)
            at = self._resolved(below or {})
        return at

    def _resolved(self, about: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema with what its `$ref` adds to it, from this schema or from another one."""
        identity, _, place = about.get("$ref", "").partition("#/")
        if not place:
            return about
        at: Any = _by_id()[identity] if identity else self.root
        for part in place.split("/"):
            at = at[part]
        return {**at, **about}

    def _repeated_items(self, error: Any) -> Iterator[Problem]:
        path: Path_ = tuple(error.absolute_path)
        first: dict[str, int] = {}
        for index, item in enumerate(error.instance):
            earlier = first.setdefault(_identity(item), index)
            if earlier < index:
                message = f"{named((*path, index))} repeats item {earlier + 1}: `{shown(item)}`"
                fix = "delete one of the two"
                yield self.document.problem((*path, index), "repeated-item", message, fix)
