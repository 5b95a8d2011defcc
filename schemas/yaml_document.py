"""Parse one untrusted YAML file into plain data and the position of every key and value.

YAML is taken at its safest: one document, no tags, no anchors or aliases (so no "billion laughs"), no
duplicate keys, bounded size and depth, and YAML 1.2's idea of what is a boolean or a number, so that
the language code `no` stays a string.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from schemas.problem import Problem, shown

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

Path_ = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True)
class YamlDocument:
    """Plain data with positions: `keys` and `values` map a path to (line, column), counted from 1."""

    file: str
    data: object = None
    keys: dict[Path_, Position] = field(default_factory=dict)
    values: dict[Path_, Position] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def position(self, path: Path_) -> Position:
        """Where the value at `path` stands; its nearest known parent's place when it has none."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))


class _Refused(Exception):
    def __init__(self, mark: yaml.Mark | None, rule: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.rule, self.message, self.fix = rule, message, fix


class _PlainLoader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's scalars."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        "-+.0123456789",
    ),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
):
    _PlainLoader.add_implicit_resolver(
        _tag, re.compile(_pattern), [c if c != "\0" else "" for c in _first]
    )


def read_bytes(path: Path) -> bytes:
    """At most one byte more of `path` than parse_yaml accepts, so that a huge file costs nothing.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def parse_yaml(content: bytes, file: str) -> YamlDocument:
    """Parse the bytes of a YAML file called `file` in messages."""
    document = YamlDocument(file)
    try:
        node = _compose(_decode(content))
        data = _build(node, (), document, depth=0, problems=(problems := []))
    except _Refused as refusal:
        line, column = refusal.position
        problem = Problem(file, line, column, refusal.rule, refusal.message, refusal.fix)
        return YamlDocument(file, problems=(problem,))
    return YamlDocument(file, data, document.keys, document.values, tuple(problems))


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _Refused(
            None,
            "file-too-large",
            f"the file is larger than {MAX_BYTES // 1024} KiB",
            "a config holds names and numbers only; move anything else out of it",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        refusal = _Refused(
            None,
            "not-utf-8",
            f"byte 0x{content[error.start]:02x} is not UTF-8 text",
            "save the file as UTF-8",
        )
        refusal.position = (line, column)
        raise refusal from None


def _compose(text: str) -> yaml.Node:
    try:
        events = _checked(yaml.parse(text, _PlainLoader))
        for _ in events:
            pass
        node = yaml.compose(text, _PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax_error(text, mark, error.problem or "not YAML") from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        refusal = _Refused(
            None,
            "yaml-syntax",
            f"the character {shown(repr(chr(error.character) if isinstance(error.character, int) else error.character))} is not allowed in YAML",
            "delete it; control characters have no place in a config",
        )
        refusal.position = (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        raise refusal from None
    if node is None:
        raise _Refused(
            None, "empty-file", "the file holds no data", "start from an example in examples/"
        )
    return node


def _checked(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """Pass events on, refusing what would let a small file grow or run: before any node is built."""
    depth = documents = 0
    for event in events:
        mark = event.start_mark
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Refused(
                    mark,
                    "several-documents",
                    "the file holds more than one YAML document",
                    "keep one and delete the `---` between them",
                )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(
                mark,
                "anchor-or-alias",
                "anchors (`&name`) and aliases (`*name`) are not accepted",
                "write the value out",
            )
        if getattr(event, "tag", None):
            raise _Refused(
                mark,
                "explicit-tag",
                f"the tag {shown(event.tag)} is not accepted",
                "delete the tag; plain strings, numbers, lists and mappings are enough",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(
                    mark,
                    "nested-too-deep",
                    f"nested deeper than {MAX_DEPTH} levels",
                    "no config needs that; flatten it",
                )
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def _syntax_error(text: str, mark: yaml.Mark | None, problem: str) -> _Refused:
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\t" in line[: mark.column + 1 if mark else 0]:
        return _Refused(
            mark,
            "tab-indentation",
            "a tab where YAML wants spaces",
            "indent with spaces; most editors can convert tabs",
        )
    return _Refused(
        mark,
        "yaml-syntax",
        f"not valid YAML: {problem}",
        "look at this line and the one above: a missing quote, colon, space after a colon, or bracket",
    )


def _build(
    node: yaml.Node, path: Path_, document: YamlDocument, depth: int, problems: list[Problem]
) -> object:
    document.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(child, (*path, index), document, depth + 1, problems)
            for index, child in enumerate(node.value)
        ]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, depth, problems)
    return _scalar(node)


def _mapping(
    node: yaml.MappingNode, path: Path_, document: YamlDocument, depth: int, problems: list[Problem]
) -> dict[str, object]:
    mapping: dict[str, object] = {}
    for key_node, value_node in node.value:
        mark = key_node.start_mark
        if not isinstance(key_node, yaml.ScalarNode):
            raise _Refused(
                mark, "key-not-text", "a key is a list or a mapping", "use a plain word as key"
            )
        key = str(key_node.value)
        position = (mark.line + 1, mark.column + 1)
        if key in mapping:
            first = document.keys[(*path, key)][0]
            problems.append(
                Problem(
                    document.file,
                    *position,
                    "duplicate-key",
                    f"the key `{shown(key)}` stands here for the second time (first in line {first})",
                    "delete one of the two",
                )
            )
            continue
        document.keys[(*path, key)] = position
        mapping[key] = _build(value_node, (*path, key), document, depth + 1, problems)
    return mapping


def _scalar(node: yaml.ScalarNode) -> object:
    kind = node.tag.rsplit(":", 1)[-1]
    if kind == "bool":
        return node.value.lower() == "true"
    if kind == "null":
        return None
    if kind == "int" and len(node.value) <= 30:
        return int(node.value)
    if kind in {"int", "float"}:
        number = float(node.value)
        return number if math.isfinite(number) else node.value
    return str(node.value)
