"""What a published README says: read once, with the reason where it cannot be."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import yaml
from markdown_it import MarkdownIt

from bot.card.block import blocks_in
from bot.card.readme import CannotReadReadme, Readme, read_readme
from bot.card.yaml_structure import Structure, UnfitFrontMatter, structure_of

_METADATA = re.compile(r"(?:license|language|tags|library_name|model-index|mteb_results):")
_NOTHING = Structure({})


@dataclass(frozen=True)
class PublishedCard:
    """A README.md in parts; `problem` says why its front matter cannot be read, empty where it can.

    `mendable` tells whether publishing again would mend that problem.
    """

    structure: Structure = _NOTHING
    blocks: tuple[str, ...] = ()
    problem: str = ""
    mendable: bool = False

    @property
    def results_paths(self) -> tuple[str, ...]:
        """The paths under `mteb_results`, as they are written."""
        _, node = self.structure.keys.get("mteb_results", (None, None))
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(
            item.value for item in nodes if isinstance(item, yaml.ScalarNode) and item.value
        )

    @property
    def images(self) -> tuple[str, ...]:
        """Paths in the repository of the images that our block shows."""
        sources = (source for block in self.blocks for source in _images(block))
        return tuple(path for source in sources if (path := _path_in_repository(source)))


def read_card(content: bytes | None) -> PublishedCard:
    """Read README.md, None where there is none."""
    if content is None:
        return PublishedCard(problem="there is no README.md", mendable=True)
    try:
        readme = read_readme(content)
    except CannotReadReadme as error:
        return PublishedCard(problem=error.message)
    blocks = tuple(blocks_in(readme.body))
    if readme.problem:
        return PublishedCard(blocks=blocks, problem=readme.problem)
    if not readme.has_front_matter:
        return _without_front_matter(readme, blocks)
    try:
        return PublishedCard(structure_of(readme.yaml, readme.first_line), blocks)
    except UnfitFrontMatter as error:
        return PublishedCard(blocks=blocks, problem=str(error))


def files_at(paths: Iterable[str], written: str) -> Iterator[str]:
    """The files that a path of the front matter leads to: itself, or all below it."""
    path = normpath(written)
    yield from (file for file in paths if file == path or file.startswith(f"{path}/"))


def result_files(paths: Sequence[str], card: PublishedCard) -> list[str]:
    """The task results that the card leads to."""
    found = {file for written in card.results_paths for file in files_at(paths, written)}
    return sorted(
        file
        for file in found
        if file.endswith(".json") and file.rpartition("/")[2] != "model_meta.json"
    )


def _without_front_matter(readme: Readme, blocks: tuple[str, ...]) -> PublishedCard:
    if line := _metadata_below(readme.body):
        problem = f"README.md line {line}: metadata below other text, where the Hub sees none"
        return PublishedCard(blocks=blocks, problem=problem)
    return PublishedCard(blocks=blocks, problem="README.md has no front matter", mendable=True)


def _metadata_below(body: str) -> int:
    """The line of the first `---` that looks like the start of front matter; 0 where none does."""
    opened = 0
    for number, line in enumerate(body.splitlines(), start=1):
        if line.rstrip() == "---":
            opened = number
        elif opened and _METADATA.match(line):
            return opened
    return 0


def _images(markdown: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse(markdown):
        for child in token.children or ():
            if child.type == "image":
                yield str(child.attrs.get("src", ""))


def _path_in_repository(source: str) -> str:
    """A relative link as a path; empty where it leads elsewhere."""
    try:
        parts = urlsplit(source)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return ""
    return normpath(unquote(parts.path))


def keys_of(card: PublishedCard) -> Mapping[str, yaml.Node]:
    """The front matter's values by key; those with anchors, aliases or tags are left out."""
    return {
        key: node
        for key, (_, node) in card.structure.keys.items()
        if key not in card.structure.marked
    }
