"""Hold requests and responses to GitHub's own description of its REST API (openapi.json)."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.standins.github.openapi_corrections import CORRECTIONS, JSON
from tests.standins.github.openapi_schemas import as_json_schema

_FILE = Path(__file__).with_name("openapi.json")
_ERRORS = frozenset({"basic-error", "validation-error", "validation-error-simple"})
_PAGES = frozenset({"page", "per_page"})
_LONGEST = 400  # characters of a message, which may hold the whole value


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
        schema = part["content"][JSON]["schema"]
    return _compiled(json.dumps(schema), closed=not kind.startswith(("4", "5")))


@cache
def _compiled(schema: str, *, closed: bool = True) -> Any:
    whole = {**as_json_schema(json.loads(schema), closed=closed), "components": _components()}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _components() -> dict[str, Any]:
    schemas = _description()["components"]["schemas"]
    return {
        "schemas": {
            name: as_json_schema(schema, closed=name not in _ERRORS)
            for name, schema in schemas.items()
        }
    }


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
