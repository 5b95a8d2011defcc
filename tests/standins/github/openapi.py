"""Hold requests and responses to GitHub's own description of its REST API (openapi.json)."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_FILE = Path(__file__).with_name("openapi.json")
_JSON = "application/json"
_ERRORS = frozenset({"basic-error", "validation-error", "validation-error-simple"})
_PAGES = frozenset({"page", "per_page"})
_LONGEST = 400  # characters of a message, which may hold the whole value

# Where GitHub does what its description leaves out. The key is a path into the description.
CORRECTIONS: Mapping[tuple[str, ...], Mapping[str, Any]] = {
    # "head.repo" is null once the fork is deleted.
    ("components", "schemas", "pull-request", "properties", "head", "properties", "repo"): {
        "nullable": True
    },
    ("components", "schemas", "pull-request-simple", "properties", "head", "properties", "repo"): {
        "nullable": True
    },
    # Labels without a description show null here as everywhere else.
    (
        *("components", "schemas", "pull-request-simple", "properties", "labels", "items"),
        *("properties", "description"),
    ): {"nullable": True},
    # The text of both operations permits a bare array of names, which PyGithub sends.
    **{
        (
            *("paths", "/repos/{owner}/{repo}/issues/{issue_number}/labels", method),
            *("requestBody", "content", _JSON),
        ): {
            "schema": {
                "anyOf": [
                    {"type": "array", "items": {"type": "string"}},
                    {
                        "type": "object",
                        "properties": {"labels": {"type": "array", "items": {"type": "string"}}},
                        "required": ["labels"],
                    },
                ]
            }
        }
        for method in ("post", "put")
    },
    # What is too long is refused by the endpoint itself, in GitHub's own words.
    **{
        (
            *("paths", path, method, "requestBody", "content", _JSON, "schema", "properties"),
            *("output", "properties", name),
        ): {limit: 10_000_000}
        for path, method in (
            ("/repos/{owner}/{repo}/check-runs", "post"),
            ("/repos/{owner}/{repo}/check-runs/{check_run_id}", "patch"),
        )
        for name, limit in (
            ("annotations", "maxItems"),
            ("summary", "maxLength"),
            ("text", "maxLength"),
        )
    },
    # An app's permissions are more than the five that the description lists.
    **{
        ("components", "schemas", name, "properties", "permissions"): {
            "additionalProperties": {"type": "string"}
        }
        for name in ("integration", "nullable-integration")
    },
}


class Violation(Exception):
    """A request or a response that GitHub's description does not allow."""


class NoSuchEndpoint(Violation):
    """A request that nothing here serves."""


def check_query(method: str, path: str, query: Mapping[str, str]) -> None:
    """Every parameter of the query is described, and its value fits.

    Raises:
        Violation: one does not.
    """
    known = {each["name"]: each for each in _parameters(method, path) if each["in"] == "query"}
    for name, value in query.items():
        where = f"{method} {path}?{name}={value}"
        if name not in known and name in _PAGES:
            continue  # PyGithub sends it with every list, and GitHub does not mind
        if name not in known:
            raise Violation(f"{where}: no such parameter")
        schema = known[name]["schema"]
        typed = _typed(value, schema.get("type"))
        _hold(_compiled(json.dumps(schema)), typed, where)


def check_request(method: str, path: str, body: Any) -> None:
    """The body of a request, None where it has none.

    Raises:
        Violation: the description does not allow it.
    """
    described = _operation(method, path).get("requestBody")
    if described is None or (body is None and not described.get("required")):
        if body not in (None, {}):
            raise Violation(f"{method} {path}: takes no body")
        return
    _hold(_validator(method, path, "request"), body, f"{method} {path} request")


def check_response(method: str, path: str, status: int, body: Any) -> None:
    """The body of an answer; every error GitHub may give anywhere is an error here too.

    Raises:
        Violation: the description does not allow it.
    """
    described = _operation(method, path)["responses"]
    kind = str(status)
    if kind not in described:
        if status < 400:
            raise Violation(f"{method} {path}: no answer {status} is described")
        kind = "error"
    validator = _validator(method, path, kind)
    if validator is None and status >= 400 and body is not None:
        validator = _validator(method, path, "error")
    if validator is None and body is not None:
        raise Violation(f"{method} {path} {status}: takes no body")
    if validator is not None:
        _hold(validator, body, f"{method} {path} {status}")


def _hold(validator: Any, value: Any, where: str) -> None:
    errors = [
        f"{where} at {'.'.join(map(str, error.instance_path)) or 'the top'}: {_shortened(error.message)}"
        for error in validator.iter_errors(value)
    ]
    if errors:
        raise Violation("\n".join(errors[:5]))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _typed(value: str, kind: str | None) -> Any:
    if kind == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


@cache
def _validator(method: str, path: str, kind: str) -> Any:
    """A compiled schema of the request, of a status, or of any error; None: no body."""
    operation = _operation(method, path)
    if kind == "error":
        schema: Any = {"$ref": "#/components/schemas/basic-error"}
    else:
        part = operation["requestBody"] if kind == "request" else operation["responses"][kind]
        while "$ref" in part:
            _, _, section, name = part["$ref"].split("/")
            part = _description()["components"][section][name]
        if "content" not in part:
            return None
        schema = part["content"][_JSON]["schema"]
    return _compiled(json.dumps(schema), closed=not kind.startswith(("4", "5")))


@cache
def _compiled(schema: str, *, closed: bool = True) -> Any:
    whole = {**_converted(json.loads(schema), closed=closed), "components": _components()}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _components() -> dict[str, Any]:
    schemas = _description()["components"]["schemas"]
    return {
        "schemas": {
            name: _converted(schema, closed=name not in _ERRORS) for name, schema in schemas.items()
        }
    }


def _converted(schema: Any, *, closed: bool = True) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema, in which no object has fields that are not described.

    GitHub may send more than it describes; this server must not, or it would not notice when it
    misspells an optional field. Errors stay open: all of them have a `status` that few descriptions
    mention.
    """
    if isinstance(schema, list):
        return [_converted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: _converted(part) for name, part in value.items()}
        elif key == "allOf" or (key in {"anyOf", "oneOf"} and "properties" in schema):
            result[key] = [_converted(part, closed=False) for part in value]  # the whole is closed
        elif key != "nullable":
            # Two kinds of error overlap once they are open.
            result["anyOf" if key == "oneOf" and not closed else key] = _converted(value)
    is_object = "properties" in schema or "allOf" in schema
    if closed and is_object and "additionalProperties" not in schema:
        result["unevaluatedProperties"] = False
    return _or_null(result) if schema.get("nullable") else result


def _or_null(result: dict[str, Any]) -> dict[str, Any]:
    if isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
        return result
    return {"anyOf": [result, {"type": "null"}]}


@cache
def _operation(method: str, path: str) -> dict[str, Any]:
    operation: dict[str, Any] = _description()["paths"][path][method.lower()]
    return operation


def _parameters(method: str, path: str) -> Iterator[dict[str, Any]]:
    for each in _operation(method, path)["parameters"]:
        if "$ref" in each:
            yield _description()["components"]["parameters"][each["$ref"].split("/")[-1]]
        else:
            yield each


def paginates(method: str, path: str) -> bool:
    """Whether GitHub answers this list by pages."""
    return any(each["name"] == "per_page" for each in _parameters(method, path))


def described(method: str, path: str) -> bool:
    """Whether the description has this operation."""
    return method.lower() in _description()["paths"].get(path, {})


@cache
def _description() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(_FILE.read_text())
    for path, change in CORRECTIONS.items():
        part = whole
        for step in path:
            part = part[step]
        part.update(change)
    return whole
