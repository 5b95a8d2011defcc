"""One request as the endpoints see it: who asks, and what exactly; anything unexpected is a violation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug import Request

from tests.standins.hub.answers import base_url
from tests.standins.hub.errors import Violation
from tests.standins.hub.state import Hub, Visitor


@dataclass(frozen=True)
class Call:
    """A request, its sender, and the Hub that answers."""

    hub: Hub
    request: Request
    visitor: Visitor

    @property
    def base(self) -> str:
        """The Hub's address."""
        return base_url(self.request)

    def query(self, *known: str) -> Mapping[str, str]:
        """The query's parameters, all of which must be known.

        Raises:
            Violation: one is not.
        """
        unknown = set(self.request.args) - set(known)
        if unknown:
            raise Violation(f"unknown query parameters {sorted(unknown)}")
        return self.request.args

    def flag(self, name: str) -> bool:
        """A query parameter that is on or off.

        Raises:
            Violation: it is neither.
        """
        value = self.request.args.get(name, "false").lower()
        if value not in {"true", "false", "1", "0"}:
            raise Violation(f"{name} must be a boolean, not {value}")
        return value in {"true", "1"}

    def json(
        self, required: Mapping[str, Any], optional: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The JSON body, whose keys and types must be known.

        Raises:
            Violation: something is missing, unknown or of another type.
        """
        if self.request.mimetype not in {"application/json", "application/vnd.git-lfs+json"}:
            raise Violation(f"content type {self.request.mimetype!r} instead of JSON")
        try:
            body = json.loads(self.request.get_data())
        except ValueError as error:
            raise Violation(f"not JSON: {error}") from error
        check_object(body, required, optional or {}, "body")
        return body


def check_object(
    value: Any, required: Mapping[str, Any], optional: Mapping[str, Any], where: str
) -> None:
    """Keys and types of a JSON object.

    Raises:
        Violation: something is missing, unknown or of another type.
    """
    if not isinstance(value, dict):
        raise Violation(f"{where} must be an object")
    if missing := set(required) - set(value):
        raise Violation(f"{where} lacks {sorted(missing)}")
    if unknown := set(value) - set(required) - set(optional):
        raise Violation(f"{where} has unknown keys {sorted(unknown)}")
    for name, kind in {**optional, **required}.items():
        if name in value and not isinstance(value[name], kind):
            raise Violation(f"{where}.{name} must be {kind}, not {value[name]!r}")
