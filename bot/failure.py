"""A failure as a report tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """Why a task (or everything) has no result. `kind` is the schema's: whose fault it is."""

    kind: str
    message: str
    advice: str
    detail: str = ""


def failure_from(data: Mapping[str, Any] | None) -> Failure | None:
    """A failure that has passed the report's schema; None stays None."""
    return None if data is None else Failure(**data)
