"""GitHub Markdown in which nothing that came from outside can act: no mention, link, tag or broken table."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

Align = Literal["left", "right", "center"]
_RULES: dict[Align, str] = {"left": ":--", "right": "--:", "center": ":-:"}
REPLACED = "\N{REPLACEMENT CHARACTER}"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]{1,500}")
# Drawn as nothing although Python calls them printable: fillers, joiners, variation selectors.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0x180B, 0x1810)))
)


def code(text: str, limit: int = 200) -> str:
    """A code span that shows the first `limit` characters of `text`, whatever they are.

    GitHub links no mention, issue, commit or address inside a code span. Control, bidirectional and
    invisible characters show as U+FFFD. In a table cell it needs `table`, which escapes its pipes.
    """
    shown = _cut("".join(c if _visible(c) else REPLACED for c in text[: limit + 1]), limit)
    if not shown.strip():
        return "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    # CommonMark drops one space from each end when both ends have one, and a fence eats a backtick.
    ends = shown[0] + shown[-1]
    pad = " " if "`" in ends or ends == "  " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def may_be_linked(url: str) -> bool:
    """Whether an address can be put into a link as it is: http or https, and no sign that ends a link."""
    return _ADDRESS.fullmatch(url) is not None


def fenced(text: str, limit: int = 4000) -> str:
    """A code block that shows `text` over several lines, cut after `limit` characters."""
    lines = text[: limit + 1].replace("\r\n", "\n").expandtabs(4).strip("\n")
    shown = _cut("".join(c if c == "\n" or _visible(c) else REPLACED for c in lines), limit)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], align: Sequence[Align] = ()
) -> str:
    """A table of Markdown cells (outside strings as `code`); without `align` all columns are left."""
    return "\n".join([table_head(headers, align), *(table_row(row) for row in rows)])


def table_head(headers: Sequence[str], align: Sequence[Align] = ()) -> str:
    """The two lines a table begins with."""
    rules = [_RULES[side] for side in (align or ["left"] * len(headers))]
    return f"{table_row(headers)}\n| {' | '.join(rules)} |"


def table_row(cells: Sequence[str]) -> str:
    """One line of a table. Every pipe in a cell is escaped here, code spans included."""
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def details(summary: str, body: str) -> str:
    """A folded block. `summary` is plain words of our own; `body` is Markdown."""
    return f"<details>\n<summary>{escape(summary)}</summary>\n\n{body}\n\n</details>"


def _cell(cell: str) -> str:
    return " ".join(cell.splitlines()).replace("|", "\\|")


def _visible(character: str) -> bool:
    return character.isprintable() and character not in _INVISIBLE


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
