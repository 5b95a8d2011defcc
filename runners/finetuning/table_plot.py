"""Accuracy over the time that a training was given: one curve a method, and the raw model as a line."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from runners.finetuning.table_figures import Row, Table, row_record

_COLORS = ("#0064a4", "#b0480a", "#00694d", "#8a2f7d", "#7a5c00", "#00788c", "#a3123f", "#4a4a4a")
_SIZE = (7.0, 4.2)  # inches
_RESOLUTION = 160


def budget_record(table: Table, rows: Sequence[Row]) -> dict[str, Any]:
    """What budgets.json has: raw, and a point for each method and budget."""
    return {
        "title": table.experiment.title,
        "task": table.task,
        "metric": table.metric,
        "raw": table.raw.mean,
        "points": [row_record(row, table.raw, None) for row in rows],
    }


def budget_plot(table: Table, rows: Sequence[Row], kind: str) -> bytes:
    """The picture as `svg` or `png`: the same bytes for the same figures."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter, NullLocator

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = "budgets"
        figure = Figure(figsize=_SIZE, dpi=_RESOLUTION, layout="constrained")
        axes = figure.add_subplot()
        for color, (name, points) in zip(_repeated(_COLORS), _curves(rows), strict=False):
            seconds, scores, errors = zip(*points, strict=True)
            axes.errorbar(
                seconds, scores, yerr=errors, label=name, color=color, marker="o", capsize=3
            )
        axes.axhline(table.raw.mean, color="#555555", linestyle="--", label="raw")
        budgets = sorted({row.budget for row in rows if row.budget})
        if len(budgets) > 1:
            axes.set_xscale("log")
        axes.set_xticks(budgets, [f"{seconds:g}" for seconds in budgets])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("seconds of training")
        axes.set_ylabel(f"{table.metric} (mean of {len(table.raw.draws)} draws)")
        axes.set_title(table.experiment.title, loc="left", fontsize=10, parse_math=False, wrap=True)
        axes.grid(axis="y", color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        stream = BytesIO()
        nothing = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}
        figure.savefig(stream, format=kind, metadata=nothing[kind])
    return stream.getvalue()


def _curves(rows: Sequence[Row]) -> Iterator[tuple[str, list[tuple[float, float, float]]]]:
    """(seconds, score, standard error) of each method that has any, in order of time."""
    for name in dict.fromkeys(row.mode.name for row in rows):
        points = [
            (row.budget, row.score.mean, row.score.standard_error)
            for row in rows
            if row.mode.name == name and row.budget and row.score
        ]
        if points:
            yield name, sorted(points)


def _repeated(colors: Sequence[str]) -> Iterator[str]:
    while True:
        yield from colors
