"""What a step hands to later steps and jobs of its workflow: lines in the file that GITHUB_OUTPUT names."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from schemas.errors import CommandError

_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")
Value = str | int | bool | list[str] | list[int]


class CannotWriteOutputs(CommandError):
    """The file that GITHUB_OUTPUT names cannot be written."""


def write_outputs(outputs: Mapping[str, Value]) -> None:
    """Append outputs; nothing outside a workflow. Lists and booleans become JSON, for `fromJSON` and `== 'true'`.

    Raises:
        CannotWriteOutputs: the file cannot be written.
    """
    if not (file := os.environ.get("GITHUB_OUTPUT")):
        return
    text = "".join(f"{name}={_value(name, value)}\n" for name, value in outputs.items())
    try:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise CannotWriteOutputs(
            f"GITHUB_OUTPUT: {error.strerror}", "set it to a file that may be written, or unset it"
        ) from error


def _value(name: str, value: Value) -> str:
    """One line. Raises ValueError: a line break in it would be an output of its own."""
    text = value if isinstance(value, str) else json.dumps(value)
    if not _NAME.fullmatch(name) or len(text.splitlines()) > 1:
        raise ValueError(name)
    return text
