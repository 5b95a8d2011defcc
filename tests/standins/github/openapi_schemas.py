"""OpenAPI 3.0 schemas as JSON Schema."""

from typing import Any


def as_json_schema(schema: Any, *, closed: bool = True) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema, in which no object has fields that are not described.

    GitHub may send more than it describes; this server must not, or it would not notice when it
    misspells an optional field. Errors stay open: all of them have a `status` that few descriptions
    mention.
    """
    if isinstance(schema, list):
        return [as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: as_json_schema(part) for name, part in value.items()}
        elif key == "allOf" or (key in {"anyOf", "oneOf"} and "properties" in schema):
            result[key] = [
                as_json_schema(part, closed=False) for part in value
            ]  # the whole is closed
        elif key != "nullable":
            # Two kinds of error overlap once they are open.
            result["anyOf" if key == "oneOf" and not closed else key] = as_json_schema(value)
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
