"""A rounded, opaque panel measured in inches, and text that fits on it whatever it says.

The panel brings its own background, so that a chart reads the same on light and on dark pages.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import FancyBboxPatch
from matplotlib.patheffects import withStroke

from schemas.problem import shown

WIDTH = 7.2
MARGIN = 0.3
_TITLE, _LEGEND = 0.85, 0.25
_TICK = 8.5
DOTS_PER_INCH = 160
INK, QUIET, FAINT, PAPER = "#1f2328", "#57606a", "#d0d7de", "#ffffff"
_FONT = "DejaVu Sans"  # comes with matplotlib: the same letters on every machine
_POINTS_PER_INCH = 72
_LINE_SPACING = 1.25
_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=\d\d)(?=[A-Z])|(?<=[-_ /])")


class Look(NamedTuple):
    """How a series is drawn: told apart by colour (safe for colour-blind eyes), dashes and marker."""

    color: str
    dashes: Any
    marker: str
    fill: float


LOOKS = (
    Look("#0064a4", "-", "o", 0.16),
    Look("#b0480a", (0, (5, 2)), "s", 0.0),
    Look("#00694d", (0, (1, 1.5)), "^", 0.0),
)


class Panel:
    """A figure whose coordinates are inches from its lower left corner."""

    def __init__(self, height: float) -> None:
        self.height = height
        self._figure = Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH, facecolor="none")
        FigureCanvasAgg(self._figure)
        self.axes = self._figure.add_axes((0, 0, 1, 1), facecolor="none")
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(0, height)
        self.axes.set_axis_off()
        edge = 0.02
        self.axes.add_patch(
            FancyBboxPatch(
                (edge, edge),
                WIDTH - 2 * edge,
                height - 2 * edge,
                boxstyle="round,pad=0,rounding_size=0.16",
                facecolor=PAPER,
                edgecolor=FAINT,
                linewidth=1,
                zorder=0,
            )
        )

    def text(self, x: float, y: float, text: str, size: float, **style: Any) -> None:
        """One line, its middle at height `y`, readable over lines; dollar signs are dollar signs."""
        halo = withStroke(linewidth=3, foreground=PAPER)
        style = {"color": INK, "va": "center_baseline", "path_effects": [halo]} | style
        self.axes.text(x, y, text, size=size, family=_FONT, parse_math=False, **style)

    def header(self, title: str, subtitle: str, names: list[str]) -> None:
        """Title, what is shown, and, for several series, whose is whose."""
        room = WIDTH - 2 * MARGIN
        top = self.height
        self.text(MARGIN, top - 0.34, fitted(title, room, 13, bold=True), 13, weight="bold")
        self.text(MARGIN, top - 0.62, fitted(subtitle, room, 10), 10, color=QUIET)
        if len(names) > 1:
            self._legend(names, top - 0.9)

    def _legend(self, names: list[str], y: float) -> None:
        room = (WIDTH - 2 * MARGIN) / len(names)
        x = MARGIN
        for name, look in zip(names, LOOKS, strict=False):
            self.line([x, x + 0.4], [y, y], look)
            words = fitted(name, room - 0.7, 10)
            if words.endswith("…"):  # rather lose the organisation than the model
                words = fitted(name.rpartition("/")[2], room - 0.7, 10)
            self.text(x + 0.5, y, words, 10, color=look.color)
            x += 0.8 + text_width(words, 10)

    def line(self, xs: list[float], ys: list[float], look: Look) -> None:
        """Points of one series, joined."""
        self.axes.plot(
            xs,
            ys,
            color=look.color,
            linestyle=look.dashes,
            linewidth=2,
            marker=look.marker,
            markersize=5,
        )

    def plot(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Axes of a plot with faint lines to read values by; its place in inches."""
        place = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        axes = self._figure.add_axes(place, facecolor="none")
        axes.grid(color=FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(QUIET)
        axes.tick_params(
            which="both", length=0, labelsize=_TICK, labelcolor=QUIET, labelfontfamily=_FONT
        )
        return axes

    def png(self) -> bytes:
        """The picture; the same bytes for the same panel."""
        stream = BytesIO()
        self._figure.savefig(stream, format="png", metadata={"Software": None})
        return stream.getvalue()


@contextmanager
def plain_matplotlib() -> Iterator[None]:
    """Without what this machine's user prefers in a matplotlibrc."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def header_height(series: int) -> float:
    """Inches that title, subtitle and, for several series, the legend take."""
    return _TITLE + (_LEGEND if series > 1 else 0)


def line_height(size: float) -> float:
    """Inches from one line to the next at `size` points."""
    return size * _LINE_SPACING / _POINTS_PER_INCH


def fitted(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """`text` as one line of at most `width` inches, cut with an ellipsis."""
    line = _drawable(text)
    if text_width(line, size, bold=bold) <= width:
        return line
    while line and text_width(f"{line}…", size, bold=bold) > width:
        line = line[:-1]
    return f"{line}…"


def wrapped(text: str, width: float, size: float, lines: int) -> list[str]:
    """`text` in at most `lines` lines, broken where a name's next word begins."""
    rows = [""]
    for part in _BREAKS.split(_drawable(text)):
        if rows[-1] and text_width(rows[-1] + part, size) > width:
            rows.append("")
        rows[-1] += part
    kept = [*rows[: lines - 1], "".join(rows[lines - 1 :])]
    return [fitted(row, width, size) for row in kept if row]


def _drawable(text: str) -> str:
    """One printable line in letters the font has; the others become a replacement character."""
    letters = _font(bold=False).get_charmap()
    line = shown(text, 200)
    return "".join(c if ord(c) in letters else "\N{REPLACEMENT CHARACTER}" for c in line)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Inches that one line takes."""
    font = _font(bold=bold)
    font.set_size(size, _POINTS_PER_INCH)
    font.set_text(text)
    return float(font.get_width_height()[0]) / 64 / _POINTS_PER_INCH  # FreeType counts 64ths


def _font(*, bold: bool) -> Any:
    return get_font(findfont(f"{_FONT}:bold" if bold else _FONT))
