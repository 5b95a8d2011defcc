"""How trainings went, as one picture: the loss and the held-out score of every variant and seed over the steps."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

from bot.card.chart_panel import (
    MARGIN,
    QUIET,
    WIDTH,
    Panel,
    fitted,
    header_height,
    plain_matplotlib,
    text_width,
)
from bot.finetuned.data import Finetuned, Point, Training
from bot.sentences import counted

_COLORS = ("#0064a4", "#b0480a", "#00694d", "#8a2f7d", "#7a5c00", "#00788c", "#a3123f", "#4a4a4a")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)))
_PLOT, _BELOW, _NAME = 1.9, 0.5, 0.3
_LEFT, _FOOT = 0.85, 0.12
_LEGEND_ROW, _LEGEND_SIZE, _SAMPLE = 0.24, 10, 0.4
_WIDEST_NAME = 2.4
_LOGARITHMIC = (
    30.0  # largest by smallest loss, from which on equal steps would hide all but the beginning
)
_TEXT = 10.0


class _Line(NamedTuple):
    color: str
    dashes: Any


class _Curves(NamedTuple):
    """One plot: its heading, and each training's points."""

    heading: str
    lines: Sequence[tuple[Training, Sequence[Point]]]
    is_loss: bool


def training_curves(tuned: Finetuned, title: str) -> bytes | None:
    """PNG of loss and held-out score; None where no training left a point."""
    plots = [curves for curves in _plots(tuned) if any(points for _, points in curves.lines)]
    if not plots:
        return None
    looks = {
        name: _Line(_COLORS[place % len(_COLORS)], _DASHES[place // len(_COLORS) % len(_DASHES)])
        for place, name in enumerate(tuned.variants)
    }
    with plain_matplotlib():
        rows = list(_legend_rows(list(looks))) if len(looks) > 1 else []
        head = header_height(1) + _LEGEND_ROW * len(rows)
        panel = Panel(head + len(plots) * (_NAME + _PLOT + _BELOW) + _FOOT)
        panel.header(title, _subtitle(tuned), [title])
        _legend(panel, rows, looks)
        top = panel.height - head
        for curves in plots:
            _plot(panel, top, curves, tuned, looks)
            top -= _NAME + _PLOT + _BELOW
        return panel.png()


def _subtitle(tuned: Finetuned) -> str:
    told = f"{counted(len(tuned.runs), 'training')} of {tuned.base_model}"
    if len(tuned.runs) > 1 and tuned.chosen:
        told += "; the chosen one is drawn bold"
    return told + ("; a cross where one failed" if any(run.failure for run in tuned.runs) else "")


def _plots(tuned: Finetuned) -> Iterator[_Curves]:
    yield _Curves("Loss", [(run, run.loss) for run in tuned.runs], is_loss=True)
    held_out = [(run, [(step, 100 * value) for step, value in run.held_out]) for run in tuned.runs]
    heading = f"kNN accuracy of {counted(tuned.held_out, 'held-out row')}, times 100"
    yield _Curves(heading, held_out, is_loss=False)


def _legend_rows(names: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
    """Names and what is shown of them, as many in a row as fit."""
    row: list[tuple[str, str]] = []
    room = WIDTH - 2 * MARGIN
    for name in names:
        words = fitted(name, _WIDEST_NAME, _LEGEND_SIZE)
        if row and sum(map(_legend_width, [*(shown for _, shown in row), words])) > room:
            yield row
            row = []
        row.append((name, words))
    yield row


def _legend_width(words: str) -> float:
    return _SAMPLE + 0.4 + text_width(words, _LEGEND_SIZE)


def _legend(
    panel: Panel, rows: Sequence[Sequence[tuple[str, str]]], looks: dict[str, _Line]
) -> None:
    y = panel.height - header_height(1) - 0.04
    for row in rows:
        x = MARGIN
        for name, words in row:
            look = looks[name]
            panel.axes.plot(
                [x, x + _SAMPLE], [y, y], color=look.color, linestyle=look.dashes, linewidth=2
            )
            panel.text(x + _SAMPLE + 0.1, y, words, _LEGEND_SIZE, color=look.color)
            x += _legend_width(words)
        y -= _LEGEND_ROW


def _plot(
    panel: Panel, top: float, curves: _Curves, tuned: Finetuned, looks: dict[str, _Line]
) -> None:
    panel.text(MARGIN, top - _NAME / 2, curves.heading, _TEXT, weight="bold")
    bottom = top - _NAME - _PLOT
    axes = panel.plot(_LEFT, bottom, WIDTH - _LEFT - MARGIN, _PLOT)
    for run, points in curves.lines:
        _draw(axes, run, points, looks[run.variant], bold=run is tuned.chosen_run)
    axes.set_xlim(0, max(run.steps for run in tuned.runs) or 1)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    values = [value for _, points in curves.lines for _, value in points]
    if curves.is_loss and min(values) > 0 and max(values) / min(values) > _LOGARITHMIC:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.margins(y=0.08)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    panel.text(WIDTH - MARGIN, bottom - 0.32, "steps", 8.5, color=QUIET, ha="right")


def _draw(axes: Any, run: Training, points: Sequence[Point], look: _Line, *, bold: bool) -> None:
    if not points:
        return
    steps, values = zip(*points, strict=True)
    axes.plot(
        steps,
        values,
        color=look.color,
        linestyle=look.dashes,
        linewidth=2.6 if bold else 1.2,
        marker="o" if len(points) == 1 else None,
        markersize=4,
        zorder=4 if bold else 3,
        clip_on=False,
    )
    if run.failure:
        cross = {"marker": "x", "markersize": 9, "markeredgewidth": 2}
        axes.plot(steps[-1:], values[-1:], color=look.color, zorder=5, clip_on=False, **cross)
