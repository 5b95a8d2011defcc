"""The bot's short answers to commands: comments of their own, each with a hidden first line that says to what."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.conversation.facts import Comment, is_of
from bot.conversation.marker import is_login
from schemas.strict_json import parse_strict_json

_LONGEST = 400
_LINE = re.compile(r"<!-- mteb-bot-answer (\{[^\n]*\}) -->")
_KEY = re.compile(r"(comment|label)-[0-9]{1,20}")


@dataclass(frozen=True)
class OwnAnswer:
    """`to` is the key of a command; `stranger` the account of one who may not command, in lower case."""

    to: str
    stranger: str | None = None

    def line(self) -> str:
        """The HTML comment."""
        data = {"v": 1, "to": self.to, **({"stranger": self.stranger} if self.stranger else {})}
        return f"<!-- mteb-bot-answer {json.dumps(data, separators=(',', ':'))} -->"


def own_answers(comments: Iterable[Comment], login: str) -> tuple[OwnAnswer, ...]:
    """The answers that `login` gave; one that anybody else forged is nobody's."""
    found = (answer_in(comment.body) for comment in comments if is_of(comment, login))
    return tuple(answer for answer in found if answer)


def answer_in(body: str) -> OwnAnswer | None:
    """What the first line of a comment says it answers; None where it keeps not all rules."""
    line = body[: _LONGEST + 2].split("\n", 1)[0].rstrip("\r")
    found = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
    if not found:
        return None
    try:
        return _answer(parse_strict_json(found[1].encode()))
    except (KeyError, TypeError, ValueError):
        return None


def _answer(data: Any) -> OwnAnswer:
    """Raises KeyError, TypeError or ValueError: it is none."""
    to, stranger = data["to"], data.get("stranger")
    known = type(data["v"]) is int and data["v"] == 1 and not data.keys() - {"v", "to", "stranger"}
    if not known or not _KEY.fullmatch(to) or not (stranger is None or is_login(stranger)):
        raise ValueError(data)
    return OwnAnswer(to, stranger)
