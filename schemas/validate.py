"""Check data against one of the project's JSON Schemas and say every problem in words a stranger can act on."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from schemas.problem import Problem, nearest, shown
from schemas.yaml_document import Path_, YamlDocument

FOLDER = Path(__file__).parent
NAMES = ("model-config", "custom-task", "report", "task-result")
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping (`key: value`)",
    "null": "nothing",
}


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
    from jsonschema import Draft202012Validator  # 0.2 s to import: only when something is validated
    from referencing import Registry, Resource

    registry = Registry().with_resources(
        (schema(other)["$id"], Resource.from_contents(schema(other))) for other in NAMES
    )
    return Draft202012Validator(schema(name), registry=registry)


def problems_in(document: YamlDocument, name: str) -> list[Problem]:
    """Every problem of a YAML document: those found while parsing, then those the schema finds."""
    if document.data is None:
        return list(document.problems) or [
            Problem(
                document.file,
                1,
                1,
                "empty-file",
                "the file holds no data",
                "start from an example in examples/",
            )
        ]
    found = [
        problem
        for error in validator(name).iter_errors(document.data)
        for problem in _problems_of(error, document)
    ]
    return sorted({*document.problems, *found})


def violations(data: object, name: str, most: int = 20) -> list[str]:
    """What breaks the schema in machine-written data, as `path: message` lines; empty when it validates."""
    lines = []
    for error in validator(name).iter_errors(data):
        lines.append(f"{error.json_path}: {shown(error.message, 300)}")
        if len(lines) == most:
            break
    return lines


def _problems_of(error: Any, document: YamlDocument) -> Iterator[Problem]:
    path: Path_ = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error, path, document)
    elif error.validator == "required":
        yield _missing_key(error, path, document)
    else:
        line, column = document.position(path)
        if error.validator == "not" and path in document.keys:
            line, column = document.keys[path]
        rule, message, fix = _explained(error, path)
        yield Problem(document.file, line, column, rule, message, fix)


def _unknown_keys(error: Any, path: Path_, document: YamlDocument) -> Iterator[Problem]:
    known = list(error.schema["properties"])
    for key in error.instance:
        if key in error.schema["properties"]:
            continue
        guess = nearest(key, known)
        fix = (
            f"did you mean `{guess}`?"
            if guess
            else f"delete it; known keys here are {_listed(known)}"
        )
        line, column = document.keys.get((*path, key), document.position(path))
        yield Problem(
            document.file, line, column, "unknown-key", f"unknown key `{shown(key)}`", fix
        )


def _missing_key(error: Any, path: Path_, document: YamlDocument) -> Problem:
    missing = next(
        key
        for key in error.validator_value
        if key not in error.instance and f"'{key}'" in error.message
    )
    about = error.schema.get("properties", {}).get(missing)
    description = about.get("description", "") if isinstance(about, dict) else ""
    line, column = document.position(path)
    where = f" in `{path[-1]}`" if path else ""
    fix = f"add `{missing}:`" + (f". {description}" if description else "")
    return Problem(
        document.file, line, column, "missing-key", f"the key `{missing}` is missing{where}", fix
    )


def _explained(error: Any, path: Path_) -> tuple[str, str, str]:
    """Rule, message and fix for one failed keyword; a schema's own `x-rule` and `x-fix` come first."""
    where = (
        f"`{path[-1]}`"
        if path and isinstance(path[-1], str)
        else f"item {path[-1] + 1 if path else ''} of `{path[-2] if len(path) > 1 else 'the list'}`"
        if path
        else "the file"
    )
    value, wanted = error.instance, error.validator_value
    own = error.schema if isinstance(error.schema, dict) else {}
    match error.validator:
        case "not":
            rule, message, fix = (
                "key-not-for-this-type",
                f"{where} does not go with the other keys given here",
                "delete it",
            )
        case "type":
            return (
                "wrong-type",
                f"{where} is {shown(value)}, but must be {_kinds(wanted)}",
                _type_fix(value, wanted),
            )
        case "const":
            rule, message, fix = (
                "not-allowed",
                f"{where} is {shown(value)}, but must be {shown(wanted)}",
                f"write `{wanted}`",
            )
        case "enum":
            guess = nearest(str(value), [str(w) for w in wanted])
            rule, message = (
                "not-allowed",
                f"{where} is {shown(value)}, which is not one of the choices",
            )
            fix = f"did you mean `{guess}`?" if guess else f"choose one of {_listed(wanted)}"
        case "pattern":
            rule, message, fix = (
                "malformed-value",
                f"{where} is {shown(value)}, which has the wrong form",
                own.get("description", ""),
            )
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            rule, message, fix = (
                "out-of-range",
                f"{where} is {shown(value)}, but must be {bound} {wanted}",
                f"choose a value of {bound} {wanted}",
            )
        case "minItems" | "minLength" | "minProperties":
            rule, message, fix = (
                "too-short",
                f"{where} is empty or too short (at least {wanted})",
                own.get("description", ""),
            )
        case "maxItems" | "maxLength" | "maxProperties":
            rule, message, fix = (
                "too-long",
                f"{where} is too long (at most {wanted})",
                f"shorten it to at most {wanted}",
            )
        case "uniqueItems":
            rule, message, fix = (
                "repeated-item",
                f"{where} names the same thing twice",
                "delete the repetition",
            )
        case "dependentRequired":
            rule, message, fix = (
                "missing-key",
                f"{where}: {shown(error.message, 200)}",
                "add the missing key",
            )
        case _:
            rule, message, fix = (
                "not-allowed",
                f"{where}: {shown(error.message, 200)}",
                own.get("description", ""),
            )
    return own.get("x-rule", rule), message, own.get("x-fix", fix)


def _kinds(wanted: str | list[str]) -> str:
    return " or ".join(_WORDS[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))


def _type_fix(value: object, wanted: str | list[str]) -> str:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if "string" in kinds and isinstance(value, int | float | bool):
        return "put quotes around it, so that YAML reads text and not a number"
    if "array" in kinds and isinstance(value, str):
        return f"write a list: `[{shown(value, 40)}]`"
    if value is None:
        return "give it a value, or delete the key"
    return f"write {_kinds(wanted)}"


def _listed(words: Iterable[object]) -> str:
    return ", ".join(f"`{word}`" for word in words)
