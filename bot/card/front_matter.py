"""The README's front matter: our keys join the author's, whose every byte stays."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from bot.card.model_index import Result, merge_edits, new_entry
from bot.card.readme import Readme
from bot.card.yaml_source import (
    CannotEditYaml,
    Splice,
    block,
    content_end,
    filled,
    flow,
    is_nothing,
    list_edits,
    spliced,
)
from bot.card.yaml_structure import MAX_CHARACTERS, Structure, UnfitFrontMatter, structure_of
from bot.markdown import code

TAG = "mteb"
_LICENSE_KEYS = ("license", "license_name", "license_link")


@dataclass(frozen=True)
class Metadata:
    """What the front matter is to say.

    `defaults` are keys that stand only where the author says nothing; `results_path` is where the
    results lie in the repository; `results` go into the model-index under the name `model`. `tags` stand beside ours
    where the author has none.
    """

    model: str
    defaults: Mapping[str, str | list[str]]
    results_path: str
    results: tuple[Result, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edited:
    """A README, and what could not be done to it, in sentences for its author."""

    readme: Readme
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Change:
    """What happens to one key: edits of its text, or a value for a key that was not there."""

    key: str
    splices: tuple[Splice, ...] = ()
    new: object = None
    note: str = ""


def with_metadata(readme: Readme, metadata: Metadata) -> Edited:
    """Bring the front matter up to date.

    Front matter that cannot be edited safely is left as it is, and the note says where and why.
    """
    if readme.problem:
        return _untouched(readme, readme.problem)
    source, newline = readme.yaml, readme.newline
    try:
        before = structure_of(source, readme.first_line)
    except UnfitFrontMatter as problem:
        return _untouched(readme, str(problem))
    changes = list(_changes(source, before, metadata, newline))
    edited = _edited(source, changes, newline, before.column)
    if len(edited) > MAX_CHARACTERS:
        return _untouched(
            readme, f"with our keys it would be longer than {MAX_CHARACTERS} characters; shorten it"
        )
    if not _keeps_the_rest(edited, before, changes):
        return _untouched(
            readme,
            f"README.md line {readme.first_line}: the front matter is laid out in a way that our keys "
            "cannot join; write plain `key: value` lines",
        )
    notes = tuple(change.note for change in changes if change.note)
    return Edited(readme if edited == source else readme.with_yaml(edited), notes)


def _edited(source: str, changes: Iterable[_Change], newline: str, column: int) -> str:
    edited = spliced(source, [splice for change in changes for splice in change.splices])
    new = {change.key: change.new for change in changes if change.new is not None}
    if not new:
        return edited
    return edited + (newline if edited else "") + block(new, newline, column)


def _keeps_the_rest(edited: str, before: Structure, changes: Iterable[_Change]) -> bool:
    """Whether the author's other keys still say what they said; YAML has corners that edits of text miss."""
    touched = {change.key for change in changes if change.splices or change.new is not None}
    try:
        return structure_of(edited, 1).agrees_with(before, besides=touched)
    except UnfitFrontMatter:
        return False


def _untouched(readme: Readme, reason: str) -> Edited:
    return Edited(readme, (f"The metadata in the front matter was not updated: {reason}.",))


def _changes(
    source: str, structure: Structure, metadata: Metadata, newline: str
) -> Iterator[_Change]:
    def change(key: str, value: object, edits: Callable[[yaml.Node], Iterable[Splice]]) -> _Change:
        return _change(source, structure, key, value, edits, newline)

    for key, value in metadata.defaults.items():
        if key == "license" and (note := _license_note(structure, str(value))) is not None:
            yield _Change(key, note=note)
        else:
            yield change(key, value, lambda _: ())
    tags = [*metadata.tags, TAG]
    yield change("tags", tags, lambda node: _tag_edits(source, node, newline))
    path = metadata.results_path
    yield change("mteb_results", path, lambda node: _path_edits(source, node, path))
    if metadata.results:
        entry = new_entry(metadata.model, metadata.results)
        yield change(
            "model-index",
            [entry],
            lambda node: merge_edits(source, node, metadata.model, metadata.results, newline),
        )


def _change(
    source: str,
    structure: Structure,
    key: str,
    value: object,
    edits: Callable[[yaml.Node], Iterable[Splice]],
    newline: str,
) -> _Change:
    """Add `key` with `value`, fill it in where it is empty, else make the `edits` of its node."""
    if key not in structure.keys:
        return _Change(key, new=value)
    name, node = structure.keys[key]
    if key in structure.marked:
        return _Change(key, note=_left(key, "it uses YAML anchors, aliases or tags"))
    if is_nothing(node):
        return _Change(key, tuple(filled(source, name, node, value, newline)))
    try:
        return _Change(key, tuple(edits(node)))
    except CannotEditYaml as reason:
        return _Change(key, note=_left(key, str(reason)))


def _left(key: str, reason: str) -> str:
    return f"`{key}` in the front matter was left as it is: {reason}."


def _license_note(structure: Structure, declared: str) -> str | None:
    """A note, perhaps empty, where the author names a licence in any of the Hub's three keys."""
    said = [structure.keys[key][1] for key in _LICENSE_KEYS if key in structure.keys]
    if all(is_nothing(node) for node in said):
        return None
    stated = said[0].value
    if "license" not in structure.keys or not isinstance(stated, str) or stated == declared:
        return ""
    return (
        f"The card says license {code(stated)}, the config {code(declared)}; "
        "the card was left as it is."
    )


def _tag_edits(source: str, node: yaml.Node, newline: str) -> Iterator[Splice]:
    if isinstance(node, yaml.SequenceNode):
        ours = [i for i, tag in enumerate(node.value) if tag.value == TAG]
        yield from list_edits(source, node, ours[1:], [] if ours else [TAG], newline)
    elif not isinstance(node, yaml.ScalarNode):
        raise CannotEditYaml("it is neither a list nor a text")
    elif node.value != TAG:
        start, end = node.start_mark.index, content_end(source, node)
        written = source[start:end]
        if set(written) & set(",[]{}\r\n"):
            written = flow(node.value)
        yield Splice(start, end, f"[{written}, {TAG}]")


def _path_edits(source: str, node: yaml.Node, path: str) -> Iterator[Splice]:
    if not isinstance(node, yaml.ScalarNode):
        raise CannotEditYaml("it is not a text")
    if node.value != path:
        yield Splice(node.start_mark.index, content_end(source, node), flow(path))
