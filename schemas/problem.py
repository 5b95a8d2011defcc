"""One finding about a file: where, which rule, what is wrong, how to fix it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Literal

Severity = Literal["error", "warning", "note"]

_LONG_NAME = 10
_LONGEST_NAME = 120  # comparing takes quadratic time, and no name we know is longer


@dataclass(frozen=True, order=True)
class Problem:
    """A broken rule at a place. Lines and columns count from 1. Only an error makes a submission fail."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    fix: str
    severity: Severity = "error"


class Guesses:
    """How many more misspelt words are compared, so that a hostile file costs little; Names may share one."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self) -> bool:
        """Use one up; False when none is left."""
        if not self._left:
            return False
        self._left -= 1
        return True


class Names:
    """Known names that misspelt words are compared with, as long as `guesses` last."""

    def __init__(self, names: Iterable[str], guesses: int | Guesses = 50) -> None:
        self._names = names
        self._guesses = Guesses(guesses) if isinstance(guesses, int) else guesses

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        by_letters: dict[str, str] = {}
        for name in self._names:
            by_letters.setdefault(_letters(name), name)
        return by_letters

    def nearest(self, word: str) -> str | None:
        """The name most like `word` (case and punctuation weigh nothing), or None when nothing comes near."""
        if len(word) > _LONGEST_NAME or not self._guesses.take():
            return None
        letters = _letters(word)
        cutoff = 0.75 if len(letters) < _LONG_NAME else 0.85  # long names share their endings
        matches = get_close_matches(letters, self._by_letters, n=1, cutoff=cutoff)
        return self._by_letters[matches[0]] if matches else None


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `word`, as Names finds it."""
    return Names(candidates).nearest(word)


def _letters(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum()) or word


def shown(value: object, limit: int = 60) -> str:
    """`value` as one short printable line, for messages about untrusted files."""
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)
    return line.replace("##[", "# #[")  # in GitHub's log a command, wherever in a line it stands
