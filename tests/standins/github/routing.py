"""Endpoints by method and by path, as GitHub's description writes it: `/repos/{owner}/{repo}/pulls`."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from werkzeug import Request
from werkzeug.routing import Map, Rule

from tests.standins.github.refusals import not_found
from tests.standins.github.tokens import Token
from tests.standins.github.world import Pull, Repository, World

REPOSITORY = "/repos/{owner}/{repo}"
_NUMBERS = ("issue_number", "pull_number", "comment_id", "check_run_id", "run_id", "artifact_id")
_WITH_SLASHES = ("path", "ref", "branch", "basehead", "name")


@dataclass
class Call:
    """One request: who asks (None: nobody in particular), and what for.

    `base` is the server's URL; `now` as GitHub writes it, `moment` in seconds since 1970.
    """

    world: World
    caller: Token | None
    request: Request
    base: str
    now: str
    moment: float = 0.0
    body: Any = None
    found: Repository | None = None

    @property
    def repository(self) -> Repository:
        """The repository that the path names."""
        assert self.found is not None
        return self.found

    @property
    def login(self) -> str:
        """Who asks, where somebody must."""
        assert self.caller is not None
        return self.caller.login

    @property
    def query(self) -> Mapping[str, str]:
        """The query; the last value of a repeated key."""
        return self.request.args

    def pull(self, number: int) -> Pull:
        """The pull request of that number.

        Raises:
            Refused: 404.
        """
        if number not in self.repository.pulls:
            raise not_found()
        return self.repository.pulls[number]


@dataclass
class Reply:
    """An answer: a body in JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Listed:
    """A list answered by pages: `shape` makes JSON of the items of one page.

    `key` wraps them, beside what is `whole` on each page and, where `counted`, how many there are.
    """

    items: Iterable[Any]
    shape: Callable[[Any], Any]
    key: str | None = None
    whole: dict[str, Any] = field(default_factory=dict)
    counted: bool = True


@dataclass(frozen=True)
class Endpoint:
    """What serves a path. `needs`: areas of which one must be granted, and the level."""

    method: str
    path: str
    act: Callable[..., Any]
    areas: tuple[str, ...]
    level: str
    anyone: bool  # who may read the repository may do this, be it a write
    described: str  # the path under which GitHub describes it


ENDPOINTS: dict[str, Endpoint] = {}


def endpoint(
    operation: str,
    needs: str = "metadata:read",
    *,
    anyone: bool = False,
    described: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `GET /path/{x}`; `needs` is `area|area:level`, the permission of a fine-grained token.

    `described` is another path of the same operation, where GitHub serves two and describes one.
    """
    method, path = operation.split(" ")
    areas, level = needs.split(":")

    def register(act: Callable[..., Any]) -> Callable[..., Any]:
        ENDPOINTS[operation] = Endpoint(
            method=method,
            path=path,
            act=act,
            areas=tuple(areas.split("|")),
            level=level,
            anyone=anyone or level == "read",
            described=described or path,
        )
        return act

    return register


@cache  # werkzeug compiles each rule, which takes longer than a request
def url_map() -> Map:
    """Every registered endpoint, for werkzeug."""
    rules = [
        Rule(_rule(each.path), endpoint=name, methods=[each.method])
        for name, each in ENDPOINTS.items()
    ]
    return Map(rules, strict_slashes=False, merge_slashes=False)


def _rule(path: str) -> str:
    def converted(match: re.Match[str]) -> str:
        name = match[1]
        kind = "int:" if name in _NUMBERS else "path:" if name in _WITH_SLASHES else ""
        return f"<{kind}{name}>"

    return re.sub(r"{(\w+)}", converted, path)


def timestamp(moment: datetime) -> str:
    """As GitHub writes times: in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
