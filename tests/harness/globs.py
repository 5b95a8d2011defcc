"""The patterns of `branches` and `paths` filters."""

import re
from collections.abc import Iterable
from functools import cache

from tests.harness.unsupported import Unsupported


def matches(patterns: Iterable[str], text: str) -> bool:
    """Whether the last pattern that says something of the text lets it in; `!` takes it out again."""
    inside = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if _compiled(pattern[1:] if negated else pattern).fullmatch(text):
            inside = not negated
    return inside


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    found = ""
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            found, at = f"{found}(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            found, at = f"{found}.*", at + 2
        elif pattern[at] == "*":
            found, at = f"{found}[^/]*", at + 1
        elif pattern[at] in "?+":  # of the character before
            found, at = f"{found}{pattern[at]}", at + 1
        elif pattern[at] == "[" and (end := pattern.find("]", at)) > 0:
            found, at = found + pattern[at : end + 1], end + 1
        elif pattern[at] in "\\[":
            raise Unsupported(f"pattern {pattern!r}")
        else:
            found, at = found + re.escape(pattern[at]), at + 1
    return re.compile(found, re.DOTALL)
