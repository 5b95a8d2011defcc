"""Edits of YAML as text: what is not edited keeps every byte, comments and quoting included."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml

_NEWLINE = re.compile(r"\r\n|\r|\n")


class CannotEditYaml(Exception):
    """The source is laid out in a way these edits do not understand."""


@dataclass(frozen=True)
class Splice:
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


def spliced(source: str, splices: Iterable[Splice]) -> str:
    """`source` with every splice carried out; they must not overlap."""
    parts, position = [], 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        parts += [source[position : splice.start], splice.text]
        position = splice.end
    return "".join([*parts, source[position:]])


def block(value: object, newline: str, column: int = 0) -> str:
    """`value` in block style, indented by `column`, without a newline at the end."""
    dumped = yaml.safe_dump(
        value, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10**9
    )
    return newline.join(" " * column + line for line in dumped.rstrip("\n").split("\n"))


def flow(value: object) -> str:
    """`value` on one line, fit to stand in a flow list or behind a key."""
    dumped = yaml.safe_dump(
        [value], sort_keys=False, allow_unicode=True, default_flow_style=True, width=10**9
    )
    return dumped.strip()[1:-1]


def content_end(source: str, node: yaml.Node) -> int:
    """Index behind a node's last character; pyyaml's own mark runs on over comments and blank lines."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return start + len(source[start:end].rstrip())
    last = node.value[-1]
    return content_end(source, last[1] if isinstance(last, tuple) else last)


def is_nothing(node: yaml.Node) -> bool:
    """Whether a value is left out: null, empty text, or an empty list or mapping."""
    return not node.value or node.tag == "tag:yaml.org,2002:null"


def filled(
    source: str, key: yaml.Node, nothing: yaml.Node, value: object, newline: str
) -> Iterator[Splice]:
    """Give a key of a block mapping, which has nothing, a value; lists go below it and its comment."""
    start, end = key.end_mark.index, content_end(source, nothing)
    if not isinstance(value, list):
        yield Splice(start, end, f": {flow(value)}")
        return
    yield Splice(start, end, ":")
    below = _line_end(source, nothing)
    yield Splice(below, below, newline + block(value, newline, key.start_mark.column))


def list_edits(
    source: str,
    node: yaml.SequenceNode,
    deleted: Iterable[int],
    added: Sequence[object],
    newline: str,
) -> Iterator[Splice]:
    """Edit items of a list that has some, in its own style; the first item is never deleted.

    Raises:
        CannotEditYaml: a dash stands where none was expected.
    """
    items, end = node.value, content_end(source, node.value[-1])
    if node.flow_style:
        yield from (
            Splice(content_end(source, items[i - 1]), content_end(source, items[i]), "")
            for i in deleted
        )
        yield Splice(end, end, "".join(f", {flow(value)}" for value in added))
        return
    for i in deleted:
        dash, column = _dash(source, items[i])
        line = dash - column
        yield Splice(line - _newline_before(source, line), _line_end(source, items[i]), "")
    if added:
        _, column = _dash(source, items[-1])
        at = _line_end(source, items[-1])
        yield Splice(at, at, newline + block(list(added), newline, column))


def _dash(source: str, item: yaml.Node) -> tuple[int, int]:
    """Index and column of the dash in front of an item of a block list."""
    before = source[: item.start_mark.index].rstrip(" \t\r\n")
    column = len(before) - 1 - _line_start(before)
    if not before.endswith("-") or before[-1 - column : -1].strip(" "):
        raise CannotEditYaml(
            "a list item does not follow its dash, or the dash does not begin a line"
        )
    return len(before) - 1, column


def _line_start(text: str) -> int:
    """Index at which the last line of `text` begins."""
    return max(text.rfind("\n"), text.rfind("\r")) + 1


def _line_end(source: str, node: yaml.Node) -> int:
    newline = _NEWLINE.search(source, content_end(source, node))
    return newline.start() if newline else len(source)


def _newline_before(source: str, index: int) -> int:
    return 2 if source[:index].endswith("\r\n") else 1
