"""What a README's front matter is made of, and whether it is sound enough to be edited."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import yaml

from schemas.problem import shown

# Seconds of parsing; the most results that we write take up to three quarters of it.
MAX_CHARACTERS = 1024 * 1024
MAX_DEPTH = 50  # pyyaml composes recursively
_MERGE = "tag:yaml.org,2002:merge"
Said = tuple[tuple[object, ...], ...]


class UnfitFrontMatter(Exception):
    """The front matter cannot be edited; the message says where, why, and how to mend it."""


@dataclass(frozen=True)
class Structure:
    """Top-level keys of one YAML mapping.

    `keys` holds the nodes of each key and value; `said` what the parser reports of each key's value, in
    order; `marked` the keys whose values use anchors, aliases or tags; `column` where keys begin.
    """

    keys: Mapping[str, tuple[yaml.ScalarNode, yaml.Node]]
    said: tuple[tuple[str, Said], ...] = ()
    marked: frozenset[str] = frozenset()
    column: int = 0

    def agrees_with(self, other: "Structure", besides: Collection[str]) -> bool:
        """Whether both say the same, in the same order, under all keys `besides` those."""
        return [pair for pair in self.said if pair[0] not in besides] == [
            pair for pair in other.said if pair[0] not in besides
        ]


def structure_of(source: str, first_line: int) -> Structure:
    """Structure of the YAML between the `---` lines; `first_line` is its line in the README.

    Raises:
        UnfitFrontMatter: it is too large, no YAML, no block mapping, names a key twice, or merges in others.
    """
    if len(source) > MAX_CHARACTERS:
        raise UnfitFrontMatter(
            f"The front matter is longer than {MAX_CHARACTERS} characters; shorten its model-index"
        )
    try:
        events = _bounded(source, first_line)
        root = yaml.compose(source, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise UnfitFrontMatter(_syntax(source, mark, line, error)) from None
    except (yaml.reader.ReaderError, ValueError, OverflowError) as error:
        position = getattr(error, "position", 0)
        line = first_line + source.count("\n", 0, position if isinstance(position, int) else 0)
        raise UnfitFrontMatter(
            f"README.md line {line}: a character or escape that YAML does not allow; delete it"
        ) from None
    if root is None:
        return Structure({})
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise UnfitFrontMatter(
            f"README.md line {first_line + root.start_mark.line}: the front matter is no mapping in "
            "block style; write one `key: value` a line"
        )
    _refuse_duplicates(root, first_line)
    _refuse_merges(root, first_line)
    return _structure(root, events)


def _bounded(source: str, first_line: int) -> list[yaml.Event]:
    events, depth = [], 0
    # The newline before the closing `---` is part of what a last block scalar says.
    for event in yaml.parse(f"{source}\n", yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = first_line + (event.start_mark.line if event.start_mark else 0)
            raise UnfitFrontMatter(
                f"README.md line {line}: nested deeper than {MAX_DEPTH} levels; flatten it"
            )
        events.append(event)
    return events


def _syntax(source: str, mark: yaml.Mark | None, line: int, error: yaml.MarkedYAMLError) -> str:
    lines = source.splitlines()
    at = lines[mark.line] if mark and mark.line < len(lines) else ""
    if mark and "\t" in at[: mark.column + 1]:
        return f"README.md line {line}: a tab where YAML wants spaces; indent with spaces"
    problem = shown(error.problem or "it cannot be parsed", 120)
    return (
        f"README.md line {line}: not valid YAML ({problem}); look there and one line above for a missing "
        "quote, colon, bracket, or space after a colon"
    )


def _refuse_duplicates(root: yaml.Node, first_line: int) -> None:
    """The Hub refuses a repeated key anywhere; which of the two the author meant is not ours to say."""
    seen, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
            continue
        keys = set()
        for key, value in node.value:
            waiting.append(value)
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                line = first_line + key.start_mark.line
                raise UnfitFrontMatter(
                    f"README.md line {line}: the key `{shown(key.value)}` stands there for the second "
                    "time; delete one of the two"
                )
            keys.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))


def _refuse_merges(root: yaml.MappingNode, first_line: int) -> None:
    """Keys merged in are the author's, but a key of ours beside them would silently overrule them."""
    for key, _ in root.value:
        if key.tag == _MERGE:
            raise UnfitFrontMatter(
                f"README.md line {first_line + key.start_mark.line}: the merge key `<<` brings in other "
                "keys; write them out"
            )


def _structure(root: yaml.MappingNode, events: list[yaml.Event]) -> Structure:
    said = tuple(_said(events))
    return Structure(
        keys={
            str(key.value): (key, value)
            for key, value in root.value
            if isinstance(key, yaml.ScalarNode)
        },
        said=said,
        marked=frozenset(name for name, value in said if any(any(event[1:3]) for event in value)),
        column=root.start_mark.column,
    )


def _said(events: list[yaml.Event]) -> Iterator[tuple[str, Said]]:
    """Name and parser events of each pair of the root mapping."""
    parts: list[Said] = []
    part: list[tuple[object, ...]] = []
    depth = 0
    for event in events[3:-3]:  # without the start and end of stream, document and root mapping
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        names = ("anchor", "tag", "implicit", "value")
        part.append((type(event), *(getattr(event, name, None) for name in names)))
        if depth == 0:
            parts.append(tuple(part))
            part = []
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        yield str(key[0][-1]), value
