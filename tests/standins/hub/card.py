"""Front matter of a README, read as the Hub reads it."""

import re
from typing import Any

import yaml

_BLOCK = re.compile(r"^(\s*---[\r\n]+)([\S\s]*?)([\r\n]+---(\r\n|\r|\n|$))")


class _Loader(yaml.SafeLoader):
    """As the Hub's parser: a key may not occur twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self._refuse_twins(node)
        return super().construct_mapping(node, deep)

    def _refuse_twins(self, node: yaml.MappingNode) -> None:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, "duplicated mapping key", key.start_mark
                    )
                seen.add(key.value)


def block(readme: str) -> str:
    """The YAML between the dashes at the top; empty where there is none."""
    found = _BLOCK.match(readme)
    return found[2] if found else ""


def parse(source: str) -> Any:
    """What YAML says.

    Raises:
        yaml.YAMLError, ValueError: nothing that can be read.
    """
    return yaml.load(source, _Loader)  # noqa: S506 -- a SafeLoader


def front_matter(readme: str) -> dict[str, Any]:
    """The front matter; empty where it is missing or wrong."""
    try:
        data = parse(block(readme))
    except (yaml.YAMLError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
