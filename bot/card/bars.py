"""Horizontal bars: for scores too few or too many to stand around a circle."""

from collections.abc import Mapping

from matplotlib.patches import Rectangle

from bot.card.chart_panel import (
    FAINT,
    LOOKS,
    MARGIN,
    QUIET,
    WIDTH,
    Panel,
    fitted,
    header_height,
    line_height,
    text_width,
)
from bot.card.chart_scale import Scale, scale_of
from bot.sentences import points

_LABEL = 10.5
_TICK = 8.5
_WIDEST_NAME = 3.0
_BAR = 0.2
_BETWEEN_ROWS = 0.16
_FOOT = 0.5
_VALUE = 0.7
_MOST_ROWS = 60  # a picture of more is a wall; the table has them all


def bar_chart(series: Mapping[str, Mapping[str, float]], title: str, subtitle: str) -> bytes:
    """PNG with one row for each of the first _MOST_ROWS axes of the first series, in it one bar a series."""
    names = list(next(iter(series.values())))[:_MOST_ROWS]
    labels = [fitted(name, _WIDEST_NAME, _LABEL) for name in names]
    head, row = header_height(len(series)), _BAR * len(series) + _BETWEEN_ROWS
    panel = Panel(head + row * len(names) + _FOOT)
    panel.header(title, subtitle, list(series))
    scale = scale_of(series)
    start = MARGIN + max(text_width(label, _LABEL) for label in labels) + 0.2
    length = WIDTH - MARGIN - _VALUE - start

    _grid(panel, scale, start, length, panel.height - head)
    for i, (name, label) in enumerate(zip(names, labels, strict=True)):
        middle = panel.height - head - row * (i + 0.5)
        panel.text(start - 0.12, middle, label, _LABEL, ha="right")
        for j, (scores, look) in enumerate(zip(series.values(), LOOKS, strict=False)):
            if (score := scores.get(name)) is None:
                continue
            y = middle + _BAR * (len(series) / 2 - j - 1)
            low, high = sorted(start + length * scale.share(end) for end in (0, score))
            panel.axes.add_patch(
                Rectangle((low, y + 0.01), high - low, _BAR - 0.02, color=look.color, linewidth=0)
            )
            value = {"weight": "bold", "color": look.color, "ha": "right"}
            panel.text(WIDTH - MARGIN, y + _BAR / 2, points(score), _LABEL, **value)
    return panel.png()


def _grid(panel: Panel, scale: Scale, start: float, length: float, top: float) -> None:
    for tick in scale.ticks:
        x = start + length * scale.share(tick)
        color, layer = (QUIET, 3) if tick == 0 else (FAINT, 0.5)
        panel.axes.plot([x, x], [_FOOT, top], color=color, linewidth=0.9, zorder=layer)
        below = _FOOT - line_height(_TICK)
        panel.text(x, below, f"{100 * tick:.0f}", _TICK, color=QUIET, ha="center")
