"""Primary rate limits: a number of requests an hour for each token, told in headers."""

from typing import Any

from tests.standins.github.tokens import Limit, Token

_HOUR = 3600
_ANONYMOUS, _PERSON, _WORKFLOW = 60, 5000, 1000  # GITHUB_TOKEN has a thousand a repository


def limit_of(token: Token, resource: str, now: float) -> Limit:
    """What is left for a token; a new hour begins when the last one ended."""
    limit = token.limits.get(resource)
    if limit is None or limit.reset <= now:
        most = _ANONYMOUS if not token.secret else _WORKFLOW if token.of_app else _PERSON
        limit = token.limits[resource] = Limit(most, int(now) + _HOUR)
    return limit


def headers_of(limit: Limit, resource: str) -> dict[str, str]:
    """The headers that every answer carries."""
    return {
        "X-RateLimit-Limit": str(limit.limit),
        "X-RateLimit-Remaining": str(limit.remaining),
        "X-RateLimit-Used": str(limit.used),
        "X-RateLimit-Reset": str(limit.reset),
        "X-RateLimit-Resource": resource,
    }


def shown(limit: Limit) -> dict[str, Any]:
    """As `GET /rate_limit` shows it."""
    return {
        "limit": limit.limit,
        "remaining": limit.remaining,
        "reset": limit.reset,
        "used": limit.used,
    }
