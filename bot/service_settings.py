"""Where the services are and how the bot may use them, as the environment says."""

import os
import re
from urllib.parse import urlsplit

from bot.retry import RetryPolicy
from schemas.errors import UsageError
from schemas.problem import shown

PUBLIC_GITHUB = "https://api.github.com"
PUBLIC_HUB = "https://huggingface.co"
_VISIBLE = re.compile(r"[!-~]+")
# An underscore stands in the logins of enterprise-managed users.
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.\.?\Z)[A-Za-z0-9._-]{1,100}\Z")


def policy_from_environment() -> RetryPolicy:
    """The policy, with `MTEB_BOT_TIMEOUT` and `MTEB_BOT_FIRST_WAIT` (seconds) where they are set.

    Raises:
        UsageError: one of them is no positive number.
    """
    standard = RetryPolicy()
    return RetryPolicy(
        timeout=_seconds("MTEB_BOT_TIMEOUT", standard.timeout),
        first_wait=_seconds("MTEB_BOT_FIRST_WAIT", standard.first_wait),
    )


def address_from(name: str, standard: str) -> str:
    """A service's base URL from the environment, without a slash at its end.

    Raises:
        UsageError: it is no http(s) URL.
    """
    address = os.environ.get(name, "").rstrip("/") or standard
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:  # brackets that hold no IPv6 address, or a port beyond 65535
        parts = urlsplit("")
    known = parts.scheme in {"http", "https"} and parts.hostname
    if not known or not _VISIBLE.fullmatch(address):
        raise UsageError(f"{name} is {shown(address)}", f"give a URL such as {standard}")
    return address


def run_url_of(repository: str, run: int | None) -> str | None:
    """Where people look at a workflow run; None outside a workflow, or without a run."""
    server = os.environ.get("GITHUB_SERVER_URL", "").rstrip("/")
    return f"{server}/{repository}/actions/runs/{run}" if server and run else None


def token_from(name: str) -> str:
    """A service's token from the environment; empty where there is none.

    Raises:
        UsageError: it cannot be sent, so it is none.
    """
    token = os.environ.get(name, "").strip()  # secrets are often kept with a newline
    if token and not _VISIBLE.fullmatch(token):
        raise UsageError(f"{name} holds characters that no token has", "copy the token anew")
    return token


def repository_from(given: str | None) -> str:
    """`given`, else the repository that the workflow runs for, `owner/name`.

    Raises:
        UsageError: it is none.
    """
    name = os.environ.get("GITHUB_REPOSITORY", "") if given is None else given
    if not _REPOSITORY.match(name):
        raise UsageError(
            f"the repository is {shown(name)!r}", "set --repository or GITHUB_REPOSITORY"
        )
    return name


def pull_address(pull: int) -> str:
    """Where people see a pull request of the repository that the workflow runs for; empty outside of one."""
    server = os.environ.get("GITHUB_SERVER_URL", "").rstrip("/")
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{repository}/pull/{pull}" if server and repository else ""


def _seconds(name: str, standard: float) -> float:
    text = os.environ.get(name, "")
    if not text:
        return standard
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 86400:  # noqa: PLR2004 -- a day; catches nan and inf too
        raise UsageError(f"{name} is {text!r}", "give a positive number of seconds")
    return value
