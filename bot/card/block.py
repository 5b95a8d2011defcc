"""The block in a README's body that is ours: found by its markers, replaced whole, put in safely."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt

from bot.markdown import code
from bot.sentences import counted

BEGIN = "<!-- mteb-submission-bot:begin -->"
END = "<!-- mteb-submission-bot:end -->"
_MOST_ALONE = 5
_NEWLINE = re.compile(r"\r\n|\r|\n")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r\n|\r|\n)?")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")  # the newlines of Markdown, fewer than Python's
# An author's tag just above or below a marker takes it into one block; these elements hide their content.
_ELEMENT = re.compile(r"\s*</?(?!(?:script|pre|style|textarea)\b)[a-z]", re.IGNORECASE)


@dataclass(frozen=True)
class Placed:
    """A body with the block in it, and what its author should know."""

    body: str
    notes: tuple[str, ...] = ()


def with_block(
    body: str, content: str, newline: str, *, first_line: int = 1, may_lead: bool = True
) -> Placed:
    """Put `content` (lines ended by a line feed) between the markers: where they are, else at the end.

    Only what stands between a begin and the end that follows it is replaced. Of several such blocks the
    first stays; a lone marker is left, and so is a marker inside code. Where the body ends in an unclosed
    code fence or comment the block leads the body, if it `may_lead`. `first_line` is the body's in the file.
    """
    # Blank lines inside: an HTML block at the edge of the content would swallow the marker next to it.
    block = newline.join([BEGIN, "", *content.strip("\n").split("\n"), "", END])
    markers = list(_markers(body))
    blocks = _blocks(markers)
    notes = _notes(body, markers, len(blocks), first_line)
    if blocks:
        return Placed(_replaced(body, blocks, block), notes)
    end = body + _gap(body, newline)
    if _shows(f"{end}{block}{newline}", len(end)):
        return Placed(f"{end}{block}{newline}", notes)
    swallowed = "The README ends inside an unclosed code fence or comment"
    if not may_lead:
        return Placed(body, (*notes, f"{swallowed}, so the results were not added; close it."))
    return Placed(
        f"{block}{newline}{newline}{body}",
        (*notes, f"{swallowed}, so the results stand at its top; close it and move them at will."),
    )


def blocks_in(body: str) -> list[str]:
    """Every block of ours in a README's body, markers included."""
    return [body[start:end] for start, end in _blocks(list(_markers(body)))]


@dataclass(frozen=True)
class _Marker:
    text: str
    start: int
    end: int  # before the newline


def _blocks(markers: list[_Marker]) -> list[tuple[int, int]]:
    """Where a block begins and ends."""
    return [
        (begin.start, end.end)
        for begin, end in pairwise(markers)
        if (begin.text, end.text) == (BEGIN, END)
    ]


def _markers(body: str) -> Iterator[_Marker]:
    """Markers on lines of their own in Markdown's HTML: not those in code, in a list or in a quote."""
    if BEGIN not in body and END not in body:
        return
    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    lines = list(_LINE.finditer(body))
    for token in parser.parse(body):
        if token.type != "html_block" or token.level or token.map is None:
            continue
        block = lines[slice(*token.map)]
        for line in block if _ELEMENT.match(token.content) else block[:1]:
            text = line.group().strip()
            if text in {BEGIN, END}:
                start = line.start() + line.group().index(text)
                yield _Marker(text, start, start + len(text))


def _shows(body: str, at: int) -> bool:
    """Whether the block that begins at `at` is seen as one."""
    return any(
        (begin.start, begin.text, end.text) == (at, BEGIN, END)
        for begin, end in pairwise(_markers(body))
    )


def _replaced(body: str, blocks: list[tuple[int, int]], block: str) -> str:
    (start, end), *others = blocks
    parts = [body[:start], block]
    for other_start, other_end in others:
        parts.append(body[end:other_start])
        rest = _REST_OF_LINE.match(body, other_end)
        end = rest.end() if rest else other_end
    return "".join([*parts, body[end:]])


def _gap(body: str, newline: str) -> str:
    """What is missing at the end of a body so that the next line follows a blank one."""
    if not body:
        return ""
    above, last = ["", *_NEWLINE.split(body)][-2:]
    if last.strip(" \t"):
        return newline * 2
    if not last and not above.strip(" \t"):
        return ""
    return "\r" if body.endswith("\r") else newline  # a line feed there would end the same line


def _notes(body: str, markers: list[_Marker], blocks: int, first_line: int) -> tuple[str, ...]:
    notes = []
    if blocks > 1:
        notes.append(
            f"The README held {blocks} result blocks; the first was updated, the others removed."
        )
    alone = list(_alone(markers))
    line, position = first_line, 0
    for marker in alone[:_MOST_ALONE]:
        line += len(_NEWLINE.findall(body, position, marker.start))
        position = marker.start
        notes.append(
            f"README.md line {line}: the marker {code(marker.text)} stands without its other half and was "
            "left; delete it, and what an earlier run left beside it."
        )
    if (more := len(alone) - _MOST_ALONE) > 0:
        notes.append(f"And {counted(more, 'more marker')} without the other half.")
    return tuple(notes)


def _alone(markers: list[_Marker]) -> Iterator[_Marker]:
    for i, marker in enumerate(markers):
        other = markers[i + 1 : i + 2] if marker.text == BEGIN else markers[max(0, i - 1) : i]
        if not other or other[0].text == marker.text:
            yield marker
