"""A connection to GitHub's REST API, and what its failures mean."""

import time
from collections.abc import Callable, Mapping
from math import ceil
from typing import TypeVar

from github import Auth, Github, GithubException
from requests import RequestException
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.retry import Retrying, RetryPolicy, Trouble
from bot.service_settings import (
    PUBLIC_GITHUB,
    address_from,
    policy_from_environment,
    token_from,
)
from schemas.errors import CommandError, UsageError
from schemas.problem import shown

Answer = TypeVar("Answer")

_BAD_REQUEST, _FORBIDDEN, _TOO_MANY, _SERVER_ERROR = 400, 403, 429, 500
_GRAPHQL_LIMITED = "RATE_LIMITED"
_GRAPHQL_BROKEN = "something went wrong while executing your query"  # GraphQL's way to say 500
_UNANNOUNCED_WAIT = 60.0  # seconds; what GitHub asks for where a secondary limit names no time
_SECONDS_BETWEEN_WRITES = 1.0  # GitHub's best practices for a REST client


class GithubRefused(CommandError):
    """GitHub understood a request and will not do it, now or later. `status` is HTTP's."""

    def __init__(self, status: int, message: str, fix: str) -> None:
        super().__init__(message, fix)
        self.status = status


class GithubConnection:
    """GitHub as a token may use it. `api` is PyGithub's entry; every call of it goes through `read`, `repeat` or `add`."""

    def __init__(
        self, token: str, base_url: str = PUBLIC_GITHUB, policy: RetryPolicy | None = None
    ) -> None:
        policy = policy or RetryPolicy()
        public = base_url == PUBLIC_GITHUB
        self.retrying = Retrying("GitHub", policy, trouble_of)
        self.api = Github(
            auth=Auth.Token(token),
            base_url=base_url,
            timeout=ceil(policy.timeout),  # whole seconds only
            retry=None,  # one policy for both services, which knows what must not be repeated
            per_page=100,
            seconds_between_requests=None,
            # Our own server sets its own pace.
            seconds_between_writes=_SECONDS_BETWEEN_WRITES if public else None,
            lazy=True,
        )

    def read(self, call: Callable[[], Answer]) -> Answer:
        """Read something; repeated until it succeeds.

        Raises:
            GithubRefused: GitHub says no.
            ServiceAtFault: no answer within the policy's tries.
        """
        return _refusing(lambda: self.retrying.repeatable(call))

    # A write that sets something to what it may already be is as safe to repeat as a read.
    repeat = read

    def add(self, call: Callable[[], Answer]) -> Answer:
        """Do a write that would add something again when repeated.

        Raises:
            MaybeApplied: the answer got lost; look before repeating.
            GithubRefused: GitHub says no.
            ServiceAtFault: GitHub refused for now, too often.
        """
        return _refusing(lambda: self.retrying.once(call))


def connect() -> GithubConnection:
    """The connection that `GITHUB_TOKEN` and `GITHUB_API_URL` describe.

    Raises:
        UsageError: there is no token or none that can be sent, or the URL is none.
    """
    token = token_from("GITHUB_TOKEN")
    if not token:
        raise UsageError("GITHUB_TOKEN is not set", "set it to a token for the repository")
    base = address_from("GITHUB_API_URL", PUBLIC_GITHUB)
    return GithubConnection(token, base, policy_from_environment())


def trouble_of(error: Exception, now: Callable[[], float] = time.time) -> Trouble | None:
    """What a failed call comes to; None where repeating it cannot help."""
    if isinstance(error, GithubException):
        return _answered(error, now)
    if isinstance(error, RequestException):
        return Trouble(_without_address(error), maybe_applied=not _never_connected(error))
    if isinstance(error, ValueError):  # a body that is no JSON
        return Trouble("an answer that is not JSON", maybe_applied=True)
    return None


def _answered(error: GithubException, now: Callable[[], float]) -> Trouble | None:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    what = f"HTTP {error.status}"
    if error.status >= _SERVER_ERROR:
        return Trouble(what, maybe_applied=True, asked_wait=_number(headers, "retry-after"))
    if error.status == _BAD_REQUEST and (failures := _graphql_failures(error)):
        return _failed_query(failures, error, headers, now)
    if error.status in {_FORBIDDEN, _TOO_MANY} and (wait := _asked_wait(error, headers, now)):
        return Trouble(f"{what}, rate limit", maybe_applied=False, asked_wait=wait)
    return None


def _graphql_failures(error: GithubException) -> list[Mapping[str, object]]:
    """What GraphQL lists beside HTTP 200, which PyGithub raises as a 400."""
    data = error.data
    listed = data.get("errors") if isinstance(data, dict) and "message" not in data else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _failed_query(
    failures: list[Mapping[str, object]],
    error: GithubException,
    headers: Mapping[str, str],
    now: Callable[[], float],
) -> Trouble | None:
    said = [str(one.get("message")).lower() for one in failures]
    if any(one.get("type") == _GRAPHQL_LIMITED for one in failures) or "rate limit" in str(said):
        wait = _asked_wait(error, headers, now) or _UNANNOUNCED_WAIT
        return Trouble("GraphQL, rate limit", maybe_applied=False, asked_wait=wait)
    if any(text.startswith(_GRAPHQL_BROKEN) for text in said):
        return Trouble("GraphQL, an error of its own", maybe_applied=True)
    return None


def _asked_wait(
    error: GithubException, headers: Mapping[str, str], now: Callable[[], float]
) -> float | None:
    """Seconds until a rate limit ends; None: this is no rate limit."""
    if (after := _number(headers, "retry-after")) is not None:
        return max(after, 1.0)
    if headers.get("x-ratelimit-remaining") == "0":
        reset = _number(headers, "x-ratelimit-reset")
        return max(reset - now(), 1.0) if reset is not None else _UNANNOUNCED_WAIT
    limited = error.status == _TOO_MANY or "rate limit" in str(error.data).lower()
    return _UNANNOUNCED_WAIT if limited else None


def _number(headers: Mapping[str, str], name: str) -> float | None:
    text = str(headers.get(name, ""))
    return float(text) if text.isascii() and text.isdigit() else None


def _never_connected(error: RequestException) -> bool:
    reason = error.args[0] if error.args else None
    inner = reason.reason if isinstance(reason, MaxRetryError) else reason
    return isinstance(error, ConnectTimeout) or isinstance(inner, NewConnectionError)


def _without_address(error: RequestException) -> str:
    """The kind of failure; requests' own text names hosts, objects and addresses in memory."""
    return "no connection" if _never_connected(error) else f"no answer ({type(error).__name__})"


def _refusing(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except GithubException as error:
        said = _reasons(error.data) or "no reason given"
        raise GithubRefused(
            error.status,
            f"GitHub refused (HTTP {error.status}): {shown(said, 300)}",
            "check that the token may do this, and that repository and pull request exist",
        ) from error


def _reasons(data: object) -> str:
    """What an answer says of itself, and of each field that it finds wrong."""
    if not isinstance(data, dict):
        return ""
    listed = data.get("errors")
    details = [
        str(one.get("message") or f"{one.get('field')}: {one.get('code')}")
        if isinstance(one, dict)
        else str(one)
        for one in (listed if isinstance(listed, list) else [])
    ]
    return ": ".join(filter(None, [str(data.get("message") or ""), ", ".join(details)]))
