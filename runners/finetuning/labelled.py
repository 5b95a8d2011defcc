"""Rows with a label: read from their tables, checked one by one, and kept on disk."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from runners.finetuning.refusals import RowProblems, UnusableTrainingData
from runners.finetuning.row_store import Numbers, RowStore, RowStoreWriter
from runners.finetuning.tables import Row, Table, missing_columns
from runners.progress import Progress
from schemas.finetuning import LabelColumns, TrainingSource
from schemas.problem import shown

_TOLD_EVERY = 1000  # rows
_FIX = "correct the rows, or leave them out"
_FEWEST_LABELS = 2


@dataclass(frozen=True)
class LabelledData:
    """Rows of one data set; a row's group is the number of its label, its line the text as JSON.

    Attributes:
        labels: names in their order as text.
        chosen: rows that are trained on or held out, in rising order.
        left_out: rows without text.
    """

    source: TrainingSource
    rows: RowStore
    labels: tuple[str, ...]
    chosen: Numbers
    left_out: int

    @property
    def total(self) -> int:
        """How many rows the data set has."""
        return len(self.rows) + self.left_out

    def sha256(self, rows: Numbers) -> str:
        """SHA-256 over texts and labels of `rows`."""
        return self.rows.sha256(rows.tolist(), self.labels)

    def texts(self) -> Iterator[tuple[str]]:
        """The text of each chosen row."""
        with self.rows.reading() as read:
            for row in self.chosen.tolist():
                yield (json.loads(read(row)),)


def read_labelled(
    source: TrainingSource, tables: Sequence[Table], file: Path, seed: int, progress: Progress
) -> LabelledData:
    """Read all rows into `file`, and draw as many as the source asks for.

    Raises:
        UnusableTrainingData: columns, labels or texts are missing or no texts, or there is nothing to tell apart.
        Failure: a table cannot be read.
    """
    columns = source.columns
    if columns is None:
        raise UnusableTrainingData(f"{source.name} names no columns", "name `text` and `label`")
    writer, problems, numbers, left_out = RowStoreWriter(file), RowProblems(), dict[str, int](), 0
    progress.phase(f"reading {source.name}", unit="rows")
    done = 0
    for table in tables:
        for row in _rows(table, columns):
            done += 1
            if done % _TOLD_EVERY == 0:
                progress.counted(done)
            try:
                text, label = _text_and_label(row, columns, source.join)
                line = json.dumps(text, ensure_ascii=False).encode()
            except ValueError as wrong:
                problems.add(table.place(row), _said(wrong))
                continue
            if not text.strip():
                left_out += 1
                continue
            writer.add(line, numbers.setdefault(label, len(numbers)))
    problems.refuse(_FIX)
    labels = tuple(sorted(numbers))
    place = {label: number for number, label in enumerate(labels)}
    rows = writer.finish([place[label] for label in numbers])
    data = LabelledData(source, rows, labels, drawn(len(rows), source.rows, seed), left_out)
    check_labels(data)
    progress.say(f"{source.name}: {_counted(data)}")
    return data


def check_labels(data: LabelledData) -> None:
    """The chosen rows have something to tell apart.

    Raises:
        UnusableTrainingData: they have not.
    """
    name = data.source.name
    if not len(data.chosen):
        raise UnusableTrainingData(f"{name} has no rows with text", "choose another data set")
    counts = np.bincount(data.rows.groups[data.chosen], minlength=len(data.labels))
    if np.count_nonzero(counts) < _FEWEST_LABELS:
        raise UnusableTrainingData(
            f"all {len(data.chosen):,} rows of {name} have the label {shown(data.labels[counts.argmax()])}",
            "training tells labels apart, so it needs two of them",
        )
    if counts.max() < 2:  # noqa: PLR2004 - a row and another one to be its positive
        raise UnusableTrainingData(
            f"no label of {name} has two rows, so no row has a positive",
            "is `columns.label` the right column?",
        )


def drawn(of: int, count: int | None, seed: int) -> Numbers:
    """`count` of the numbers below `of`, or all, in rising order."""
    if count is None or count >= of:
        return np.arange(of)
    return np.sort(np.random.default_rng(seed).permutation(of)[:count])


def _rows(table: Table, columns: LabelColumns) -> Iterator[Row]:
    """The rows; those of JSON lines have their columns each for itself, so the first must have all of them."""
    wanted = (*columns.text, columns.label)
    for number, row in enumerate(table.read(wanted)):
        if number == 0 and not row.problem and not set(wanted) <= set(row.values):
            raise missing_columns(table.place(row), wanted, list(row.values))
        yield row


def _text_and_label(row: Row, columns: LabelColumns, join: str) -> tuple[str, str]:
    if row.problem:
        raise ValueError(row.problem)
    parts = [_plain(row.values.get(name), name) for name in columns.text]
    label = _plain(row.values.get(columns.label), columns.label)
    if not label.strip():
        raise ValueError("no label")
    label.encode()
    return (join.join(parts) if any(map(str.strip, parts)) else ""), label


def _plain(value: Any, column: str) -> str:
    """A value as text; nothing is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, list | dict | bytes | tuple):
        raise ValueError(f"`{shown(column)}` holds a list, a mapping or bytes, not text")  # noqa: TRY004 - the row is at fault, not our code
    return str(value)


def _said(wrong: ValueError) -> str:
    return "half a character" if isinstance(wrong, UnicodeEncodeError) else str(wrong)


def _counted(data: LabelledData) -> str:
    counts = np.bincount(data.rows.groups[data.chosen], minlength=len(data.labels))
    single = int(np.count_nonzero(counts == 1))
    told = f"{len(data.chosen):,} of {data.total:,} rows, {np.count_nonzero(counts)} labels"
    if data.source.rows and data.source.rows > len(data.rows):
        told += f" (asked for {data.source.rows:,} rows: all are taken)"
    if data.left_out:
        told += f"; {data.left_out:,} rows have no text and are left out"
    if single:
        told += f"; {single} labels have one row, which gets no positive"
    return told
