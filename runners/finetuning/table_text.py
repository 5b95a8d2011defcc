"""A table as people read it, in Markdown and in a terminal, and as table.json has it."""

import re
from collections.abc import Sequence
from typing import Any, TextIO

from runners.finetuning.table_figures import (
    Row,
    Score,
    Table,
    best_published,
    closing,
    difference,
    of_role,
    row_record,
    seconds_ratio,
)
from schemas.problem import shown

_MARKED = re.compile(r"([\\`*_\[\]<>#|~])")
_WIDE = 150  # columns, where no terminal says how many it has
_NONE = "-"
_PRECISE = 10.0  # seconds, below which tenths are told


def heading(table: Table) -> tuple[str, ...]:
    """Names of the columns."""
    return (
        "mode", table.metric, "change", "rows x epochs", "steps", "texts encoded", "seconds",
        "seconds / best published",
    )  # fmt: skip


def cells(table: Table) -> list[tuple[str, ...]]:
    """Raw first, then each mode, in the words of each column."""
    best = best_published(table.rows)
    raw = ("raw", _with_error(table.raw), *(_NONE,) * 6)
    return [raw, *(_row(row, table.raw, best) for row in table.rows)]


def markdown(table: Table) -> str:
    """table.md."""
    experiment = table.experiment
    rows = [heading(table), ("---", *("---:",) * (len(heading(table)) - 1))]
    rows += [tuple(map(_plain, row)) for row in cells(table)]
    lines = [
        f"# {_plain(experiment.title)}",
        "",
        f"{_plain(experiment.model)} at `{experiment.revision}`, measured with {_plain(table.task)}.",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        *(f"- {_plain(sentence)}" for sentence in sentences(table)),
    ]
    return "\n".join(lines) + "\n"


def sentences(table: Table) -> list[str]:
    """What the table shows, and what its figures are."""
    draws = len(table.raw.draws)
    said = [
        *_verdict(table),
        f"±: standard error over the {draws} draws of {table.task}; of a change, over its differences draw by draw.",
        "All models are measured with the same draws. The luck of a training's own seed is in none of the errors.",
    ]
    if table.left_out:
        rows = "row was" if table.left_out == 1 else "rows were"
        said.append(f"{table.left_out:,} {rows} left out of the data, being evaluated too.")
    return said


def show(table: Table, stream: TextIO) -> None:
    """Print it: in colour to a terminal, in plain lines elsewhere."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(file=stream, width=None if stream.isatty() else _WIDE, highlight=False)
    grid = RichTable(title=Text(table.experiment.title), title_justify="left")
    for number, name in enumerate(heading(table)):
        grid.add_column(Text(name), justify="right" if number else "left")
    marked = {row.mode.name for row in (best_published(table.rows), of_role(table.rows, "ours")) if row}  # fmt: skip
    for row in cells(table):
        grid.add_row(*map(Text, row), style="bold" if row[0] in marked else "")
    console.print(grid)
    for sentence in sentences(table):
        console.print(Text(sentence))


def record(table: Table) -> dict[str, Any]:
    """What is measured, as table.json has it."""
    experiment, best = table.experiment, best_published(table.rows)
    return {
        "title": experiment.title,
        "model": experiment.model,
        "revision": experiment.revision,
        "experiment_sha256": experiment.sha256,
        "task": table.task,
        "metric": table.metric,
        "seed": experiment.seed,
        "rows_left_out": table.left_out,
        "raw": {
            "score": table.raw.mean,
            "standard_error": table.raw.standard_error,
            "experiments": list(table.raw.draws),
        },
        "modes": [row_record(row, table.raw, best) for row in table.rows],
        "closing": closing(table),
    }


def _row(row: Row, raw: Score, best: Row | None) -> tuple[str, ...]:
    change = difference(row.score, raw) if row.score else None
    trained, ratio = row.trained, seconds_ratio(row, best)
    return (
        row.mode.name,
        _with_error(row.score) if row.score else f"failed: {_reason(row)}",
        f"{change.mean:+.4f} ± {change.standard_error:.4f}" if change else _NONE,
        f"{row.rows:,} x {row.mode.recipe.epochs:g}",
        f"{trained.steps:,}" if trained else _NONE,
        f"{trained.texts:,}" if trained else _NONE,
        _seconds(trained.seconds) if trained else _NONE,
        f"{ratio:.2f}" if ratio is not None else _NONE,
    )


def _reason(row: Row) -> str:
    return shown(row.failure.message, 200) if row.failure else "no score"


def _with_error(score: Score) -> str:
    return f"{score.mean:.4f} ± {score.standard_error:.4f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= _PRECISE else f"{seconds:.1f}"


def _verdict(table: Table) -> Sequence[str]:
    best, ours = best_published(table.rows), of_role(table.rows, "ours")
    if not (best and ours and best.score and ours.score):
        return ()
    ahead = difference(ours.score, best.score)
    side = "ahead of" if ahead.mean > 0 else "behind" if ahead.mean < 0 else "level with"
    how = f"by {abs(ahead.mean):.4f} ± {ahead.standard_error:.4f}" if ahead.mean else ""
    errors = ahead.in_standard_errors
    if ahead.mean and errors is not None:
        how += f" ({abs(errors):.1f} standard errors)"
    ratio = seconds_ratio(ours, best)
    time = f", in {ratio:.2f} of its training time" if ratio is not None else ""
    said = f"{ours.mode.name} is {side} {best.mode.name}, the best published mode, {how}".rstrip(", ")  # fmt: skip
    return (f"{said}{time}.",)


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _MARKED.sub(r"\\\1", shown(text, 400))
