"""A draft as the text of a YAML file, proved to say what the draft says. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bot.check import check_model_config
from bot.draft.draft import TODO, Draft
from bot.surroundings import Surroundings
from schemas.errors import CommandError
from schemas.problem import shown
from schemas.yaml_document import Path_, parse_yaml

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]*\Z")
_LONGEST_LINE = 100
_ORDER: tuple[str, ...] = (
    "schema_version", "model", "revision", "license", "languages", "load", "training_data",
    "adapted_from", "evaluate", "claims",
)  # fmt: skip
_LOAD_ORDER = ("with", "pooling", "max_length", "normalize", "dtype", "prompts")
_EVALUATE_ORDER = ("benchmarks", "tasks", "languages")


class CannotDraftConfig(CommandError):
    """The draft would not be a config: a mistake of the bot, or a model whose names cannot stand in one."""


def config_text(draft: Draft, schema_path: str, around: Surroundings) -> str:
    """The file: the data, a comment at each remark, and the line by which editors find the schema.

    Raises:
        CannotDraftConfig: read back it says something else, or breaks a rule besides the placeholders.
    """
    head = [
        f"# yaml-language-server: $schema={schema_path}",
        f"# Written by `mteb-bot new` from what the Hub says. Each {TODO} is for you to decide.",
    ]
    text = "\n".join([*head, *_mapping(draft, (), draft.data, _ORDER)]) + "\n"
    _prove(text, draft, around)
    return text


def _mapping(
    draft: Draft, path: Path_, data: Mapping[str, Any], order: tuple[str, ...]
) -> Iterator[str]:
    indent = "  " * len(path)
    for key in order:
        here = (*path, key)
        for remark in draft.remarks.get(here, ()):
            for line in remark.split("\n"):
                yield f"{indent}# {shown(line, 2000)}"
        if key not in data:
            continue
        value = data[key]
        if isinstance(value, dict):
            yield f"{indent}{key}:"
            yield from _mapping(
                draft, here, value, _LOAD_ORDER if key == "load" else _EVALUATE_ORDER
            )
        else:
            yield from _entry(indent, key, value)


def _entry(indent: str, key: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{indent}{key}: {_scalar(value)}"
        return
    items = [_scalar(item) for item in value]
    line = f"{indent}{key}: [{', '.join(items)}]"
    if len(line) <= _LONGEST_LINE:
        yield line
        return
    yield f"{indent}{key}:"
    yield from (f"{indent}  - {item}" for item in items)


def _scalar(value: Any) -> str:
    """Plain where every YAML reader takes it for the same text, else in the quotes of JSON, which are YAML's too."""
    if not isinstance(value, str):
        return json.dumps(value)
    ours = parse_yaml(f"key: {value}\n".encode(), "").at("key")
    if _PLAIN.match(value) and yaml.safe_load(value) == ours == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _prove(text: str, draft: Draft, around: Surroundings) -> None:
    document = parse_yaml(text.encode(), "the draft")
    if document.data != draft.data:
        raise CannotDraftConfig(
            "what the Hub says about this model cannot be written as a config",
            "write the config by hand; examples/ has some",
        )
    for problem in check_model_config(document, around):
        written = text.splitlines()[problem.line - 1]
        if TODO not in written:
            raise CannotDraftConfig(
                f"the draft would break a rule in `{shown(written)}`: {problem.message}",
                "write the config by hand; examples/ has some",
            )
