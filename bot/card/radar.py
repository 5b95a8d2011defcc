"""A picture of the scores: a radar chart, or bars where a radar would show nothing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.patches import Polygon

from bot.card.axes import FEWEST_AXES, MOST_AXES
from bot.card.bars import bar_chart
from bot.card.chart_panel import (
    FAINT,
    LOOKS,
    MARGIN,
    QUIET,
    WIDTH,
    Look,
    Panel,
    header_height,
    line_height,
    plain_matplotlib,
    text_width,
    wrapped,
)
from bot.card.chart_scale import scale_of
from bot.sentences import points

Series = Mapping[str, Mapping[str, float]]
_Point = tuple[float, float]
_Row = tuple[tuple[str, str], ...]
_RADIUS = 2.0
_LABEL_AT = _RADIUS + 0.2
_LABEL = 10.5
_LABEL_LINES = 3
_LABEL_WIDTH = 2.0
_EDGE = 0.2
_GAP = 0.1  # between scores
_RING_LABEL = 8.5


@dataclass(frozen=True)
class _Spoke:
    """One axis: its angle in radians clockwise from the top, and what stands beside it.

    `names` are the lines of its name; `values` the rows of scores below them, each score with its colour.
    """

    axis: str
    angle: float
    align: str
    names: tuple[str, ...]
    values: tuple[_Row, ...]

    @property
    def label_height(self) -> float:
        """Inches of the name and the scores."""
        return line_height(_LABEL) * (len(self.names) + len(self.values))


def radar_chart(series: Series, title: str, subtitle: str = "") -> bytes:
    """PNG of up to three series of scores (fractions) by axis; the first series names the axes.

    Fewer than 3 axes, or more than 12, become horizontal bars (see `bot.card.axes`). A score that another
    series lacks leaves a gap.

    Raises:
        ValueError: no series, more than three, or no axis.
    """
    if not 0 < len(series) <= len(LOOKS) or not next(iter(series.values())):
        raise ValueError("a chart wants one to three series and at least one axis")
    axes = list(next(iter(series.values())))
    with plain_matplotlib():
        if not FEWEST_AXES <= len(axes) <= MOST_AXES:
            return bar_chart(series, title, subtitle)
        return _Radar(series, axes).png(title, subtitle)


class _Radar:
    """The web around `center`, as high as its labels want."""

    def __init__(self, series: Series, axes: Sequence[str]) -> None:
        self.series = series
        self.scale = scale_of(series)
        self.spokes = [
            _spoke(axis, 2 * math.pi * i / len(axes), series) for i, axis in enumerate(axes)
        ]
        lowest = max(-math.cos(spoke.angle) for spoke in self.spokes)
        below = MARGIN + max(spoke.label_height for spoke in self.spokes) + lowest * _LABEL_AT
        above = _LABEL_AT + self.spokes[0].label_height + header_height(len(series))
        self.center = (WIDTH / 2, below)
        self.panel = Panel(below + above)

    def png(self, title: str, subtitle: str) -> bytes:
        """The picture."""
        self.panel.header(title, subtitle, list(self.series))
        self._web()
        for scores, look in reversed(list(zip(self.series.values(), LOOKS, strict=False))):
            self._outline(scores, look)
        for spoke in self.spokes:
            self._label(spoke)
        return self.panel.png()

    def _at(self, angle: float, radius: float) -> _Point:
        x, y = self.center
        return x + radius * math.sin(angle), y + radius * math.cos(angle)

    def _web(self) -> None:
        for tick in self.scale.ticks:
            radius = _RADIUS * self.scale.share(tick)
            zero_inside = tick == 0 > self.scale.low
            self.panel.axes.add_patch(
                Polygon(
                    [self._at(spoke.angle, radius) for spoke in self.spokes],
                    fill=False,
                    edgecolor=QUIET if zero_inside else FAINT,
                    linewidth=1.4 if zero_inside else 0.9,
                )
            )
        for spoke in self.spokes:
            ends = [self.center, self._at(spoke.angle, _RADIUS)]
            self.panel.axes.plot(*zip(*ends, strict=True), color=FAINT, linewidth=0.9)
        between = self.spokes[1].angle / 2  # on no spoke, where no score lies
        for tick in self.scale.ticks[1:]:
            radius = _RADIUS * self.scale.share(tick) * math.cos(between)
            x, y = self._at(between, radius)
            self.panel.text(x, y, f"{100 * tick:.0f}", _RING_LABEL, color=QUIET, ha="center")

    def _outline(self, scores: Mapping[str, float], look: Look) -> None:
        corners = [
            self._at(spoke.angle, _RADIUS * self.scale.share(scores[spoke.axis]))
            if spoke.axis in scores
            else None
            for spoke in self.spokes
        ]
        complete = [corner for corner in corners if corner is not None]
        if look.fill and len(complete) == len(corners):
            self.panel.axes.add_patch(
                Polygon(complete, color=look.color, alpha=look.fill, linewidth=0)
            )
        for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
            if here is not None:
                (x0, y0), (x1, y1) = here, there or here
                self.panel.line([x0, x1], [y0, y1], look)

    def _label(self, spoke: _Spoke) -> None:
        x, y = self._at(spoke.angle, _LABEL_AT)
        step = line_height(_LABEL)
        # At the top of the web a label stands on its point, at the bottom it hangs from it.
        stands = (math.cos(spoke.angle) + 1) / 2
        top = y + spoke.label_height * stands - step / 2
        for i, name in enumerate(spoke.names):
            self.panel.text(x, top - i * step, name, _LABEL, ha=spoke.align)
        for i, row in enumerate(spoke.values, start=len(spoke.names)):
            width = _row_width(row)
            left = x - {"left": 0.0, "center": width / 2, "right": width}[spoke.align]
            for value, color in row:
                self.panel.text(left, top - i * step, value, _LABEL, weight="bold", color=color)
                left += text_width(value, _LABEL, bold=True) + _GAP


def _spoke(axis: str, angle: float, series: Series) -> _Spoke:
    side = math.sin(angle)
    if abs(side) < 0.15:  # noqa: PLR2004 - nearly straight up or down
        align, room = "center", _LABEL_WIDTH
    else:
        align = "left" if side > 0 else "right"
        room = min(WIDTH / 2 - abs(side) * _LABEL_AT - _EDGE, _LABEL_WIDTH)
    values = [
        (points(scores[axis]), look.color)
        for scores, look in zip(series.values(), LOOKS, strict=False)
        if axis in scores
    ]
    names = wrapped(axis, room, _LABEL, _LABEL_LINES)
    return _Spoke(axis, angle, align, tuple(names), tuple(_rows(values, room)))


def _rows(values: Sequence[tuple[str, str]], room: float) -> list[_Row]:
    """The scores side by side, and below each other where they do not fit."""
    rows: list[_Row] = []
    for value in values:
        if rows and _row_width((*rows[-1], value)) <= room:
            rows[-1] = (*rows[-1], value)
        else:
            rows.append((value,))
    return rows


def _row_width(row: _Row) -> float:
    return sum(text_width(value, _LABEL, bold=True) + _GAP for value, _ in row) - _GAP
