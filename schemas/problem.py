"""One finding about a file: where, which rule, what is wrong, how to fix it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """A broken rule at a place. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    fix: str


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `word` (case ignored), or None when nothing comes near."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.75)
    return by_folded[matches[0]] if matches else None


def shown(value: object, limit: int = 60) -> str:
    """`value` as one short printable line, for messages about untrusted files."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
