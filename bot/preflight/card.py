"""A model card as the preflight reads it: its front matter as data, its text as an outline."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.card.readme import CannotReadReadme, Readme, read_readme
from bot.card.yaml_structure import UnfitFrontMatter, structure_of
from bot.preflight.outline import Outline, outline
from schemas.problem import shown
from schemas.yaml_document import parse_yaml

MOST_BYTES = 4 * 1024 * 1024
_MOST_NAMES = 500  # of languages, data sets, base models
_LONGEST_NAME = 200
_NULL = "tag:yaml.org,2002:null"
# Scores of many tasks make this one block larger than all the rest; nothing here reads it.
_MODEL_INDEX = re.compile(r"^model-index:[ \t]*(?:\n(?:[ \t#-].*)?)*(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """`front` is the front matter without its model-index; `problem` says why it cannot be read, if so."""

    front: Mapping[str, Any] = field(default_factory=dict)
    outline: Outline = field(default_factory=Outline)
    problem: str = ""
    model_index: str = ""

    def text(self, key: str) -> str | None:
        """The one text at `key`, or the only item of a list there; None where there is none."""
        found = self.texts(key)
        return found[0] if len(found) == 1 else None

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts at `key`, whether it holds one or a list."""
        value = self.front.get(key)
        items = value if isinstance(value, list) else [value]
        return tuple(
            item
            for item in items[:_MOST_NAMES]
            if isinstance(item, str) and 0 < len(item.strip()) <= _LONGEST_NAME
        )


def read_card(content: bytes) -> Card:
    """The card in the bytes of a README.md; never raises."""
    try:
        readme = read_readme(content)
    except CannotReadReadme as error:
        return Card(problem=error.message.removeprefix("README.md: "))
    front, model_index, problem = _front_matter(readme)
    return Card(front, outline(readme.body), problem, model_index)


def _front_matter(readme: Readme) -> tuple[dict[str, Any], str, str]:
    """Data, the text of the model-index, and what is wrong."""
    if not readme.has_front_matter:
        return {}, "", readme.problem.removeprefix("README.md ")
    text = readme.yaml.replace("\r\n", "\n").replace("\r", "\n")
    found = _MODEL_INDEX.search(text)
    if found:  # its lines stay, empty, so that later ones keep their numbers
        text = text[: found.start()] + "\n" * found[0].count("\n") + text[found.end() :]
    model_index = found[0] if found else ""
    if not text.strip():
        return {}, model_index, ""
    document = parse_yaml(text.encode(), "README.md")
    if document.problems:
        first = document.problems[0]
        line = readme.first_line + first.line - 1
        try:
            return _loosely_read(text, readme.first_line), model_index, ""
        except UnfitFrontMatter:
            return {}, model_index, f"line {line}: {first.message}"
    if document.data is not None and not isinstance(document.data, dict):
        return {}, model_index, f"`{shown(document.data)}` is no `key: value`"
    return document.data or {}, model_index, ""


def _loosely_read(text: str, first_line: int) -> dict[str, Any]:
    """Texts and lists of texts in YAML that is valid but no config may use: anchors, tags, widgets of a megabyte.

    Raises:
        UnfitFrontMatter: it is no valid YAML, or larger still.
    """
    keys = structure_of(text, first_line).keys
    return {key: _plain(value) for key, (_, value) in keys.items()}


def _plain(node: yaml.Node) -> str | list[str] | None:
    """A scalar as it is written (`no` stays `no`), or the scalars of a list."""
    if isinstance(node, yaml.SequenceNode):
        return [item.value for item in node.value if isinstance(item, yaml.ScalarNode)]
    is_text = isinstance(node, yaml.ScalarNode) and node.tag != _NULL
    return node.value if is_text else None
