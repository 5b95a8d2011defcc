"""Parse one untrusted YAML file into plain data and the position of every key and value.

Scalars are YAML 1.2's, so that the language code `no` stays text. Duplicate keys and control characters are
problems, not silently taken.
"""

import errno
import math
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from schemas.problem import Problem, shown
from schemas.yaml_events import MAX_BYTES, Position, UnacceptableYamlError, decoded, events, place

Path_ = tuple[str | int, ...]

_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,99})\Z")  # 007 stays text: digits would be lost
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


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

    def key_position(self, path: Path_) -> Position:
        """Where the key of `path` stands; the value's place when it has none."""
        return self.keys.get(path) or self.position(path)

    def at(self, *path: str | int) -> Any:
        """The value at `path`; None when there is none."""
        value: Any = self.data
        for part in path:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def problem(self, path: Path_, rule: str, message: str, fix: str) -> Problem:
        """A problem with the value at `path`."""
        return Problem(self.file, *self.position(path), rule, message, fix)

    def key_problem(self, path: Path_, rule: str, message: str, fix: str) -> Problem:
        """A problem with the key at the end of `path`."""
        return Problem(self.file, *self.key_position(path), rule, message, fix)


def read_bytes(path: Path) -> bytes:
    """At most one byte more of `path` than parse_yaml accepts, so that a huge file costs nothing.

    Raises:
        OSError: the file cannot be read, or is a pipe, device or folder.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def parse_yaml(content: bytes, file: str) -> YamlDocument:
    """Parse the bytes of a YAML file called `file` in messages; never raises."""
    builder = _Builder(file)
    try:
        data = builder.document(events(decoded(content, file), file))
    except UnacceptableYamlError as refused:
        return YamlDocument(file, problems=(*builder.problems, refused.problem))
    if data is None and not builder.problems:
        message, fix = "the file holds no data", "start from one of the configs in examples/"
        builder.problems.append(Problem(file, 1, 1, "empty-file", message, fix))
    return YamlDocument(file, data, builder.keys, builder.values, tuple(builder.problems))


class _Builder:
    """Data, positions and problems, gathered from events of bounded depth."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[Path_, Position] = {}
        self.values: dict[Path_, Position] = {}
        self.problems: list[Problem] = []

    def document(self, source: Iterator[yaml.Event]) -> object:
        """The document's data; None when there is none. `source` is read to its end."""
        data = None
        for event in source:
            if isinstance(event, yaml.NodeEvent):
                data = self._value(event, source, ())
        return data

    def _value(self, event: yaml.Event, source: Iterator[yaml.Event], path: Path_) -> object:
        self.values[path] = place(event.start_mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(source, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(source, path)
        return self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _sequence(self, source: Iterator[yaml.Event], path: Path_) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(source), yaml.SequenceEndEvent):
            items.append(self._value(event, source, (*path, len(items))))
        return items

    def _mapping(self, source: Iterator[yaml.Event], path: Path_) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(event := next(source), yaml.MappingEndEvent):
            key = self._key(event, source, path, mapping)
            if key is None:
                _skip(next(source), source)
            else:
                mapping[key] = self._value(next(source), source, (*path, key))
        return mapping

    def _key(
        self,
        event: yaml.Event,
        source: Iterator[yaml.Event],
        path: Path_,
        mapping: dict[str, object],
    ) -> str | None:
        """The key, its place noted; None when it is no text or stands here already."""
        if not isinstance(event, yaml.ScalarEvent) or not event.value:
            _skip(event, source)
            self._report(
                event, "key-not-text", "a key is empty, a list or a mapping", "write a plain word"
            )
            return None
        key = self._text(event)
        if key in mapping:
            line = self.keys[*path, key][0]
            message = f"the key `{shown(key)}` stands here a second time (first in line {line})"
            self._report(event, "duplicate-key", message, "delete one of the two")
            return None
        self.keys[*path, key] = place(event.start_mark)
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        text = self._text(event)
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        if _BOOL.match(text):
            return text.lower() == "true"
        if _NULL.match(text):
            return None
        if _INT.match(text):
            return int(text)
        if _FLOAT.match(text) and math.isfinite(number := float(text)):
            return number
        return text

    def _text(self, event: yaml.ScalarEvent) -> str:
        text = str(event.value)
        if found := _CONTROL.search(text):
            message = f"the text holds the control character U+{ord(found[0]):04X}"
            self._report(event, "control-character", message, "delete the escape that writes it")
            return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
        return text

    def _report(self, event: yaml.Event, rule: str, message: str, fix: str) -> None:
        self.problems.append(Problem(self.file, *place(event.start_mark), rule, message, fix))


def _skip(event: yaml.Event, source: Iterator[yaml.Event]) -> None:
    """Read to the end of the node that `event` begins."""
    depth = int(isinstance(event, yaml.CollectionStartEvent))
    while depth:
        event = next(source)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
