"""Tokens: who holds one, what it may do, and how much of its hour is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Limit:
    """What is left of a token's requests this hour; `reset` in seconds since 1970."""

    limit: int
    reset: int
    used: int = 0

    @property
    def remaining(self) -> int:
        return max(self.limit - self.used, 0)


@dataclass
class Token:
    """Who asks, and what they may. `permissions` None: all that the user may (a classic token).

    `workflow`: whether a classic token has that scope. `repository`: an installation's or a fine-grained token's only repository; None: all of them.
    """

    secret: str
    login: str
    permissions: Mapping[str, str] | None
    repository: str | None
    workflow: bool = True
    limits: dict[str, Limit] = field(default_factory=dict)

    @property
    def of_app(self) -> bool:
        return self.login.endswith("[bot]")
