"""Untrusted bytes to YAML events, refusing what would let a small file grow, run or hide something.

One document, no tags, no anchors or aliases (so no "billion laughs"), bounded size, depth and count.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from schemas.problem import Problem, shown

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_VALUES = 20_000  # twice what naming every task of mteb with its claims takes

Position = tuple[int, int]

_SIGN = "a value begins with a character that means something else in YAML"
_QUOTE = "put the value in quotes"
_SYNTAX = (  # what the parser says, what that means, what to do
    (
        "mapping values are not allowed",
        "a second `: ` in this line, or a line that is indented too far",
        "put text that holds `: ` in quotes; give keys of one mapping the same indentation",
    ),
    (
        "could not find expected ':'",
        "this line is no `key: value`",
        "write a colon and a space after the key, which has at most 1,024 characters",
    ),
    (
        "while scanning a quoted scalar",
        "the quote that opens here is never closed",
        "close it on the same line",
    ),
    (
        "while parsing a flow",
        "the bracket that opens here is not closed, or a comma is missing in it",
        "close it, and put a comma between the items",
    ),
    (
        "while parsing a block",
        "this line does not fit the list or mapping that it stands in",
        "give the keys of one mapping, or the dashes of one list, the same indentation; do not mix the two",
    ),
    (
        "unknown escape",
        "a backslash in double quotes begins an escape that YAML does not know",
        "use single quotes, or write the backslash twice",
    ),
    (
        "expected '<document start>'",
        "text that is no `key: value` stands at the beginning of a line",
        "write `key: value` lines, and indent lists and text below their key",
    ),
    ("cannot start any token", _SIGN, _QUOTE),
    ("while scanning an alias", _SIGN, _QUOTE),
    ("while scanning an anchor", _SIGN, _QUOTE),
    ("while scanning a directive", _SIGN, _QUOTE),
)
# The parser notices these further down than where the mistake stands.
_SEEN_LATER = frozenset(
    {
        "could not find expected ':'",
        "while scanning a quoted scalar",
        "while parsing a flow",
    }
)


class UnacceptableYamlError(Exception):
    """The bytes are no YAML that we take; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def place(mark: Any) -> Position:
    """Line and column of one of PyYAML's marks, counted from 1; the file's beginning for None."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def decoded(content: bytes, file: str) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        UnacceptableYamlError: it is too large or not UTF-8.
    """
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024} KiB"
        fix = "a config holds names and numbers only; move everything else out of it"
        raise UnacceptableYamlError(Problem(file, 1, 1, "file-too-large", message, fix))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode("utf-8", "replace"))
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text"
        fix = "save the file in the encoding UTF-8"
        raise UnacceptableYamlError(
            Problem(file, line, column, "not-utf-8", message, fix)
        ) from None


def events(text: str, file: str) -> Iterator[yaml.Event]:
    """The events of the one document in `text`.

    Raises:
        UnacceptableYamlError: it breaks YAML's syntax, or one of the bounds above.
    """
    depth = documents = values = 0
    for event in _parsed(text, file):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if refused := _refusal(event, depth, documents, values):
            raise UnacceptableYamlError(Problem(file, *place(event.start_mark), *refused))
        yield event


def _refusal(
    event: yaml.Event, depth: int, documents: int, values: int
) -> tuple[str, str, str] | None:
    """Rule, message and fix for an event that is not taken."""
    if documents > 1:
        message = "the file holds more than one YAML document"
        return "several-documents", message, "keep one, and delete the `---` between them"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        message = "anchors (`&name`) and aliases (`*name`) are not accepted"
        return "anchor-or-alias", message, "write the value out, or put it in quotes if it is text"
    if tag := getattr(event, "tag", None):
        message = f"the tag `{shown(tag.replace('tag:yaml.org,2002:', '!!'))}` is not accepted"
        fix = "delete it; plain text, numbers, lists and mappings are enough"
        return "explicit-tag", message, fix
    if depth > MAX_DEPTH:
        message = f"lists or mappings are nested deeper than {MAX_DEPTH} levels"
        return "nested-too-deep", message, "no config needs that; flatten it"
    if values > MAX_VALUES:
        message = f"the file holds more than {MAX_VALUES:,} keys and values"
        return "too-many-values", message, "name a benchmark instead of listing its tasks"
    return None


def _parsed(text: str, file: str) -> Iterator[yaml.Event]:
    loader: Any = None
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_event():
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        raise UnacceptableYamlError(_syntax_problem(error, text, file)) from None
    except yaml.reader.ReaderError as error:
        message = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML"
        fix = "delete it; control characters have no place in a config"
        line, column = _position(text[: error.position])
        raise UnacceptableYamlError(
            Problem(file, line, column, "control-character", message, fix)
        ) from None
    except (ValueError, OverflowError):  # an escape beyond Unicode, or a version of 5,000 digits
        message = "an escape or a YAML version holds an impossible number"
        fix = "delete `\\U…` escapes and `%YAML` lines"
        where = place(loader.get_mark() if loader else None)
        raise UnacceptableYamlError(Problem(file, *where, "yaml-syntax", message, fix)) from None


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if mark and "\t" in line[: mark.column + 1]:
        fix = "indent with spaces; most editors can convert tabs"
        return Problem(file, *place(mark), "tab-indentation", "a tab where YAML wants spaces", fix)
    message = f"not valid YAML: {shown(error.problem or 'the parser gives no reason', 100)}"
    fix = "look at this line and the one above: a quote, colon, space or bracket is missing"
    for words, meaning, remedy in _SYNTAX:
        if words in said:
            message, fix = f"not valid YAML: {meaning}", remedy
            if words in _SEEN_LATER:
                mark = error.context_mark or mark
            break
    return Problem(file, *place(mark), "yaml-syntax", message, fix)


def _position(before: str) -> Position:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
