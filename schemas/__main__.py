"""Check the schemas themselves: valid draft 2020-12, strict, every field described. `python -m schemas`."""

import sys
from collections.abc import Iterator
from typing import Any

from schemas.validate import NAMES, schema


def flaws(name: str) -> Iterator[str]:
    """What is wrong with the schema called `name`, as `name: place: flaw` lines."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema(name))
    except SchemaError as error:
        yield f"{name}: {error.json_path}: {error.message}"
    yield from (f"{name}: {flaw}" for flaw in _walk(schema(name), "$"))


def _walk(part: dict[str, Any], place: str) -> Iterator[str]:
    """Flaws of one subschema and those below it; conditions repeat fields, so they need no words."""
    if "description" not in part and "$ref" not in part:
        yield f"{place}: no description"
    if "properties" in part and "additionalProperties" not in part:
        yield f"{place}: unknown keys are let through"
    for keyword in ("properties", "$defs"):
        for key, below in part.get(keyword, {}).items():
            yield from _walk(below, f"{place}.{key}")
    for keyword in ("items", "additionalProperties"):
        if isinstance(part.get(keyword), dict):
            yield from _walk(part[keyword], f"{place}.{keyword}")
    for number, below in enumerate(part.get("prefixItems", ())):
        yield from _walk(below, f"{place}[{number}]")


def main() -> int:
    """Print every flaw; 1 if there is one."""
    found = [flaw for name in NAMES for flaw in flaws(name)]
    for flaw in found:
        sys.stdout.write(f"{flaw}\n")
    sys.stdout.write(f"{len(NAMES)} schemas, {len(found)} flaws\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
