"""Faults that a stand-in injects on command: what goes wrong, and at which request."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a client sees, and whether the server had acted on the request by then."""

    REFUSED = "connection refused"  # nobody listens; not applied
    RESET = "connection reset before the request was read"  # not applied
    RESET_APPLIED = "connection reset after the request was applied"
    ERROR_500 = "500"  # not applied
    ERROR_500_APPLIED = "500 after the request was applied"
    ERROR_502 = "502"  # not applied
    LIMIT_429 = "429 with Retry-After"  # not applied
    LIMIT_403 = "403, secondary rate limit"  # not applied
    TRUNCATED = "half of the body"  # applied
    STALL = "silence, then a closed connection"  # not applied
    STALL_APPLIED = "silence after the request was applied"


@dataclass(frozen=True)
class Fault:
    """From the `at`-th request since the last `clear()` on (1 is the first), `times` requests fail.

    A refused connection is never a request: REFUSED takes the port away before request `at`, for
    `seconds`, or until `clear()` where that is None.
    """

    kind: Kind
    at: int
    times: int = 1
    seconds: float | None = 30.0

    def hits(self, number: int) -> bool:
        """Whether the `number`-th request fails."""
        return self.kind is not Kind.REFUSED and self.at <= number < self.at + self.times


SECONDARY_LIMIT = {
    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
}
STATUS: Mapping[Kind, int] = {
    Kind.ERROR_500: 500,
    Kind.ERROR_500_APPLIED: 500,
    Kind.ERROR_502: 502,
    Kind.LIMIT_429: 429,
    Kind.LIMIT_403: 403,
}
AFTER_APPLYING = frozenset(
    {Kind.RESET_APPLIED, Kind.ERROR_500_APPLIED, Kind.TRUNCATED, Kind.STALL_APPLIED}
)
