"""Fit sections into one GitHub comment: whole rows go, the least important first, and the reader is told."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.markdown import details

LIMIT = 65_000  # GitHub refuses a comment of more than 65,536


@dataclass(frozen=True)
class Section:
    """A part of a comment: `intro`, then `items` (rows under `table_head`, or whole blocks), then `outro`.

    A section of lower importance loses its items first. With `fold` it is folded under that summary (own words
    only), and goes before every open section. `where` ends the sentence that says what was left out.
    """

    intro: str
    items: tuple[str, ...] = ()
    table_head: str = ""
    outro: str = ""
    importance: int = 0
    fold: str = ""
    where: str = ""

    def render(self, kept: int | None = None) -> str:
        """Markdown with the first `kept` items, by default all."""
        shown = self.items[: len(self.items) if kept is None else kept]
        listed = "\n".join(
            [self.table_head, *shown] if self.table_head and shown else shown
        ).strip()
        missing = len(self.items) - len(shown)
        left_out = f"*{_counted(missing)} left out here for length{self.where}.*" if missing else ""
        body = "\n\n".join(part for part in (self.intro, listed, left_out, self.outro) if part)
        return details(self.fold, body) if self.fold else body


def bounded(sections: Sequence[Section], limit: int = LIMIT) -> str:
    """The sections in their order, in at most `limit` bytes of UTF-8 (so never more characters than that).

    Rows of folded sections go first, then whole folded sections, then rows of open ones; intros of open sections stay.

    Raises:
        ValueError: the intros of the open sections alone are longer than `limit`.
    """
    rendered = [section.render() for section in sections]
    folded = _least_important_first(sections, folded=True)
    for index in folded:
        _drop_items(rendered, sections, index, limit)
    for index in folded:
        if _length(rendered) > limit:
            rendered[index] = ""
    for index in _least_important_first(sections, folded=False):
        _drop_items(rendered, sections, index, limit)
    if _length(rendered) > limit:
        raise ValueError(f"the shortest form is longer than {limit} bytes")
    return _joined(rendered)


def _least_important_first(sections: Sequence[Section], *, folded: bool) -> list[int]:
    chosen = [index for index, section in enumerate(sections) if bool(section.fold) is folded]
    return sorted(chosen, key=lambda index: (sections[index].importance, -index))


def _drop_items(rendered: list[str], sections: Sequence[Section], index: int, limit: int) -> None:
    """Shorten one section to the most items with which all fits; to none if nothing helps."""
    if _length(rendered) <= limit or not sections[index].items:
        return
    rest = _length([*rendered[:index], *rendered[index + 1 :]])
    room = limit - rest - len(_BETWEEN)
    section = sections[index]
    kept = bisect_right(
        range(len(section.items)), room, key=lambda count: _bytes(section.render(count))
    )
    rendered[index] = section.render(max(0, kept - 1))


_BETWEEN = "\n\n"


def _joined(rendered: Sequence[str]) -> str:
    return _BETWEEN.join(part for part in rendered if part) + "\n"


def _length(rendered: Sequence[str]) -> int:
    return _bytes(_joined(rendered))


def _bytes(text: str) -> int:
    return len(text.encode())


def _counted(rows: int) -> str:
    return "1 more is" if rows == 1 else f"{rows:,} more are"
