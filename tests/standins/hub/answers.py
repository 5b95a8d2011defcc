"""JSON answers, their pages, and what every answer of the Hub carries."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug import Request, Response

_WINDOW = 300  # seconds
_QUOTAS = {"api": 1000, "resolvers": 5000}  # a free user's, September 2025 (hub-docs, rate-limits)


def as_json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(content), status, dict(headers or {}), mimetype="application/json")


def moment(when: datetime) -> str:
    """A time as the Hub writes it."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def base_url(request: Request) -> str:
    """The Hub's own address, as this client reaches it."""
    return request.host_url.rstrip("/")


def page(request: Request, items: Sequence[Any], size: int, *, count: bool = False) -> Response:
    """One page of a list, with a Link to the next by cursor."""
    start = int(request.args.get("cursor", "0"))
    response = as_json(items[start : start + size])
    if count:
        response.headers["X-Total-Count"] = str(len(items))
    if start + size < len(items):
        query = [(k, v) for k, v in request.args.items(multi=True) if k != "cursor"]
        query.append(("cursor", str(start + size)))
        path = request.environ["REQUEST_URI"].partition("?")[0]
        url = f"{base_url(request)}{path}?{urlencode(query)}"
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


def count_against_quota(request: Request, response: Response, number: int) -> None:
    """Add the rate-limit headers; `number` requests were made in this window."""
    kind = "resolvers" if "/resolve/" in request.path else "api"
    left = max(_QUOTAS[kind] - number % _QUOTAS[kind], 1)
    response.headers["RateLimit"] = f'"{kind}";r={left};t={_WINDOW}'
    response.headers["RateLimit-Policy"] = f'"fixed window";"{kind}";q={_QUOTAS[kind]};w={_WINDOW}'
