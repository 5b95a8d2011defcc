"""Files as pages show them: what changed line by line, remarks at their lines, images."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from bot.page.safe_html import data_uri
from examples.demo.things import Annotation, FileChange

Kind = Literal["added", "removed", "same", "skipped"]
_CONTEXT = 3
_MOST_LINES = 2000  # of a file: comparing takes quadratic time
_MOST_ROWS = 300
_LONGEST_LINE = 2000


@dataclass(frozen=True)
class Row:
    """A line of a file, by its number before and after, and the remarks on it."""

    kind: Kind
    old: int | None
    new: int | None
    text: str
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class FileView:
    """A file that changed. `image` is an address that carries the picture."""

    path: str
    status: Literal["added", "removed", "changed"]
    additions: int
    deletions: int
    rows: tuple[Row, ...]
    image: str | None = None
    remark: str = ""


def changed_files(files: Iterable[FileChange]) -> list[FileView]:
    """Each file with its difference, three lines of context around each change."""
    return [_changed(file) for file in files]


def annotated_files(
    files: Iterable[FileChange], annotations: Sequence[Annotation]
) -> list[FileView]:
    """Each file with the remarks on it under their lines, and of the rest only what is around them."""
    found = []
    for file in files:
        own = [one for one in annotations if one.path == file.path]
        lines, remark = _lines(file.after)
        rows = tuple(_around(list(_annotated(lines, own))))
        found.append(FileView(file.path, "added", len(lines), 0, rows[:_MOST_ROWS], None, remark))
    return found


def _changed(file: FileChange) -> FileView:
    status: Literal["added", "removed", "changed"] = "changed"
    if file.before is None:
        status = "added"
    elif file.after is None:
        status = "removed"
    shown = file.after if file.after is not None else file.before
    if shown is not None and (image := data_uri(file.path, shown)):
        return FileView(file.path, status, 0, 0, (), image)
    (old, remark), (new, other) = _lines(file.before), _lines(file.after)
    if remark := remark or other:
        return FileView(file.path, status, 0, 0, (), None, remark)
    rows = list(_difference(old, new))
    added, removed = (sum(row.kind == kind for row in rows) for kind in ("added", "removed"))
    if len(rows) > _MOST_ROWS:
        remark = f"Only the first {_MOST_ROWS} of {len(rows):,} lines are shown."
    return FileView(file.path, status, added, removed, tuple(rows[:_MOST_ROWS]), None, remark)


def _lines(content: bytes | None) -> tuple[list[str], str]:
    """The lines of a text file, and why there are none."""
    if content is None:
        return [], ""
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError:
        return [], f"Not text: {len(content):,} bytes."
    if len(lines) > _MOST_LINES:
        return [], f"Too long to be shown: {len(lines):,} lines."
    return [line[:_LONGEST_LINE] for line in lines], ""


def _difference(old: list[str], new: list[str]) -> Iterator[Row]:
    for number, group in enumerate(SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT)):
        if number or group[0][1]:
            yield Row("skipped", None, None, "")
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                for step in range(old_to - old_from):
                    at = old_from + step
                    yield Row("same", at + 1, new_from + step + 1, old[at])
                continue
            for at in range(old_from, old_to):
                yield Row("removed", at + 1, None, old[at])
            for at in range(new_from, new_to):
                yield Row("added", None, at + 1, new[at])


def _annotated(lines: list[str], annotations: Sequence[Annotation]) -> Iterator[Row]:
    last = max(len(lines), 1)
    for number, text in enumerate(lines or [""], start=1):
        own = (one for one in annotations if min(max(one.line, 1), last) == number)
        yield Row("added", None, number, text, tuple(own))


def _around(rows: list[Row]) -> Iterator[Row]:
    """Rows near a remark."""
    marked = [at for at, row in enumerate(rows) if row.annotations]
    near = {at + step for at in marked for step in range(-_CONTEXT, _CONTEXT + 1)}
    kept = sorted(at for at in near if 0 <= at < len(rows))
    for before, at in zip([-1, *kept], kept, strict=False):
        if at > before + 1:
            yield Row("skipped", None, None, "")
        yield rows[at]
