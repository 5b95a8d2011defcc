"""The hidden first line of a comment of ours: what the comment says, for the bot itself.

It is read back as data from outside: bounded, strict, every field checked. What breaks a rule is no marker.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from bot.conversation.states import State
from bot.conversation.subject import is_config_path, is_sha
from schemas.strict_json import parse_strict_json

VERSION = 1
LONGEST = 2000  # characters of the whole line
LONGEST_REQUEST = 800
_LINE = re.compile(r"<!-- mteb-bot (\{[^\n]*\}) -->")
_DIGEST = re.compile(r"[0-9a-f]{16}")
_LARGEST_PULL = 1_000_000_000
LARGEST_RUN = 10**15
_TASK = "[A-Za-z0-9][A-Za-z0-9._-]*"
_REQUEST = re.compile(rf"((--smoke|{_TASK})( {_TASK})*)?")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?")
_COMMAND = re.compile(r"(comment|label)-[0-9]{1,20}")

PublicationState = Literal["open", "conflict", "closed", "merged", "nothing"]


@dataclass(frozen=True)
class Published:
    """What became of publishing on the Hub; `pull` is the number of the pull request there, if there is one."""

    state: PublicationState
    pull: int | None


@dataclass(frozen=True)
class Asked:
    """Who asked for a run: `request` is what was asked for instead of the whole config, `command` the key of the command.

    `request` is canonical text as bot.commanding.request writes it, empty: all of the config.
    """

    by: str
    request: str
    command: str


@dataclass(frozen=True)
class Marker:
    """Which config at which commit a comment is about, and in which state.

    `report` is the digest of the report it tells of; `published` belongs to that report. `run` is the
    workflow run that it tells of, and `asked` what that run was asked for.
    """

    config: str
    sha: str
    state: State
    report: str | None = None
    published: Published | None = None
    run: int | None = None
    asked: Asked | None = None

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
            data["published"] = asdict(self.published)
        if self.run:
            data["run"] = self.run
        if self.asked:
            data["asked"] = asdict(self.asked)
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
    if data.keys() - {"v", "config", "sha", "state", "report", "published", "run", "asked"}:
        raise ValueError(data.keys())
    if not is_config_path(config) or not is_sha(sha):
        raise ValueError(config)
    if report is not None and not _DIGEST.fullmatch(report):
        raise ValueError(report)
    published, run, asked = data.get("published"), data.get("run"), data.get("asked")
    if run is not None:
        _must_be_number(run, LARGEST_RUN)
    return Marker(
        config, sha, State(data["state"]), report, _published(published), run, _asked(asked)
    )


def _published(data: Any) -> Published | None:
    if data is None:
        return None
    state, pull = data["state"], data["pull"]
    if data.keys() != {"state", "pull"} or state not in get_args(PublicationState):
        raise ValueError(state)
    if pull is not None:
        _must_be_number(pull, _LARGEST_PULL)
    return Published(state, pull)


def _asked(data: Any) -> Asked | None:
    if data is None:
        return None
    by, request, command = data["by"], data["request"], data["command"]
    known = is_login(by) and is_request(request) and _COMMAND.fullmatch(command)
    if data.keys() != {"by", "request", "command"} or not known:
        raise ValueError(data)
    return Asked(by, request, command)


def is_login(text: str) -> bool:
    """Whether it has the shape of an account's name."""
    return _LOGIN.fullmatch(text) is not None


def is_request(text: str) -> bool:
    """Whether it has the shape of a request: `--smoke` and names of tasks, blanks between them."""
    return len(text) <= LONGEST_REQUEST and _REQUEST.fullmatch(text) is not None


def _must_be_number(value: Any, largest: int) -> None:
    if type(value) is not int or not 0 < value <= largest:
        raise ValueError(value)
