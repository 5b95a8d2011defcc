"""The hidden first line of a comment of ours: what the comment says, for the bot itself.

It is read back as data from outside: bounded, strict, every field checked. What breaks a rule is no marker.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from bot.conversation.states import State
from bot.conversation.subject import is_config_path, is_sha
from schemas.strict_json import parse_strict_json

VERSION = 1
LONGEST = 1000  # characters of the whole line
_LINE = re.compile(r"<!-- mteb-bot (\{[^\n]*\}) -->")
_DIGEST = re.compile(r"[0-9a-f]{16}")
_LARGEST_PULL = 1_000_000_000

PublicationState = Literal["open", "conflict", "closed", "merged", "nothing"]


@dataclass(frozen=True)
class Published:
    """What became of publishing on the Hub; `pull` is the number of the pull request there, if there is one."""

    state: PublicationState
    pull: int | None


@dataclass(frozen=True)
class Marker:
    """Which config at which commit a comment is about, and in which state.

    `report` is the digest of the report it tells of; `published` belongs to that report.
    """

    config: str
    sha: str
    state: State
    report: str | None = None
    published: Published | None = None

    def line(self) -> str:
        """The HTML comment. `>` is escaped, so that nothing in it can end the comment early."""
        data: dict[str, Any] = {
            "v": VERSION,
            "config": self.config,
            "sha": self.sha,
            "state": self.state.value,
        }
        if self.report:
            data["report"] = self.report
        if self.published:
            data["published"] = {"state": self.published.state, "pull": self.published.pull}
        text = json.dumps(data, separators=(",", ":")).replace(">", "\\u003e")
        return f"<!-- mteb-bot {text} -->"


def marker_of(body: str) -> Marker | None:
    """The marker in the first line of a comment; None where there is none that keeps all rules."""
    line = body[: LONGEST + 2].split("\n", 1)[0].rstrip("\r")
    found = _LINE.fullmatch(line) if len(line) <= LONGEST else None
    if not found:
        return None
    try:
        return _marker(parse_strict_json(found[1].encode()))
    except (KeyError, TypeError, ValueError):
        return None


def without_marker(body: str) -> str:
    """The text of a comment of ours."""
    return body.split("\n", 1)[1] if "\n" in body else ""


def _marker(data: Any) -> Marker:
    """Raises KeyError, TypeError or ValueError: it is none."""
    config, sha, report = data["config"], data["sha"], data.get("report")
    if type(data["v"]) is not int or data["v"] != VERSION:
        raise ValueError(data["v"])
    if data.keys() - {"v", "config", "sha", "state", "report", "published"}:
        raise ValueError(data.keys())
    if not is_config_path(config) or not is_sha(sha):
        raise ValueError(config)
    if report is not None and not _DIGEST.fullmatch(report):
        raise ValueError(report)
    return Marker(config, sha, State(data["state"]), report, _published(data.get("published")))


def _published(data: Any) -> Published | None:
    if data is None:
        return None
    state, pull = data["state"], data["pull"]
    if data.keys() != {"state", "pull"} or state not in get_args(PublicationState):
        raise ValueError(state)
    if pull is not None and (type(pull) is not int or not 0 < pull <= _LARGEST_PULL):
        raise ValueError(pull)
    return Published(state, pull)
