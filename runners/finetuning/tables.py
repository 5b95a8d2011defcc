"""Rows of a data set one by one, each with its place: a CSV, JSON lines or Parquet file, or a split of the Hub."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runners.csv_rows import MalformedCsv, csv_rows
from runners.failures import classified
from runners.finetuning.refusals import UnusableTrainingData
from schemas.finetuning import TrainingSource
from schemas.strict_json import parse_strict_json

SUFFIXES = (".csv", ".jsonl", ".parquet")
_LONGEST_LINE = 16 * 1024 * 1024
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Row:
    """One row: its values by column, or what is wrong with it."""

    number: int
    values: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """Rows that are read anew each time. `counted` says what their numbers count: lines or rows.

    `read` takes the columns that are wanted, None for all.
    """

    name: str
    counted: str
    read: Callable[[Sequence[str] | None], Iterator[Row]]

    def place(self, row: Row) -> str:
        """Where a row stands, for messages."""
        return f"{self.name}, {self.counted} {row.number:,}"


def file_table(path: Path) -> Table:
    """The rows of a local file."""
    if path.suffix == ".csv":
        return Table(path.name, "line", lambda wanted: _csv(path, wanted))
    if path.suffix == ".parquet":
        return Table(path.name, "row", lambda wanted: _parquet(path, wanted))
    return Table(path.name, "line", lambda _: _json_lines(path))


def hub_table(source: TrainingSource) -> Table:
    """The rows of a data set of the Hub, or of what was prefetched of it; it lies on disk, not in memory.

    Raises:
        Failure: it cannot be had.
    """
    try:
        dataset = ask_hub(source)
    except Exception as error:
        raise classified(error, "submission", loading(source)) from error
    name = f"{source.name}/{source.split}"
    return Table(name, "row", lambda wanted: _hub(dataset, name, wanted))


def loading(source: TrainingSource) -> str:
    """What fails when it fails."""
    return f"loading the training data {source.name}"


def ask_hub(source: TrainingSource) -> Any:
    """The split as a Dataset. Who prefetches asks the very same question, so that its answer is found again."""
    import datasets

    return datasets.load_dataset(
        source.id, source.config, split=source.split, revision=source.revision
    )


def missing_columns(name: str, wanted: Sequence[str], there: Sequence[str]) -> UnusableTrainingData:
    """The refusal of a table without columns that are needed."""
    lacking = ", ".join(column for column in wanted if column not in there)
    return UnusableTrainingData(
        f"{name} has no column {lacking}",
        f"its columns are {', '.join(map(str, there))}; correct `columns` in the config",
    )


def _csv(path: Path, wanted: Sequence[str] | None) -> Iterator[Row]:
    try:
        rows = csv_rows(path)
        _, header = next(rows, (1, list[str]()))
        if wanted and not set(wanted) <= set(header):
            raise missing_columns(path.name, wanted, header)
        for line, values in rows:
            yield Row(line, dict(zip(header, values, strict=True)))
    except MalformedCsv as error:
        raise UnusableTrainingData(error.message, error.fix or "correct the file") from error


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE + 1):
            number += 1
            if len(line) > _LONGEST_LINE:
                raise UnusableTrainingData(
                    f"{path.name}, line {number:,}: longer than {_LONGEST_LINE // 2**20} MiB",
                    "write one row a line",
                )
            if line.strip():
                yield _parsed(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)


def _parsed(number: int, line: bytes) -> Row:
    try:
        values = parse_strict_json(line)
    except UnicodeDecodeError:
        return Row(number, {}, "not UTF-8")
    except ValueError as error:
        return Row(number, {}, f"not JSON: {error}")
    return Row(number, values) if isinstance(values, dict) else Row(number, {}, "no JSON object")


def _parquet(path: Path, wanted: Sequence[str] | None) -> Iterator[Row]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            there = file.schema_arrow.names
            if wanted and not set(wanted) <= set(there):
                raise missing_columns(path.name, wanted, there)
            columns = list(wanted) if wanted else None
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, values)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise UnusableTrainingData(f"{path.name} is no Parquet file: {error}", "write it again") from error  # fmt: skip


def _hub(dataset: Any, name: str, wanted: Sequence[str] | None) -> Iterator[Row]:
    there = dataset.column_names
    if wanted and not set(wanted) <= set(there):
        raise missing_columns(name, wanted, there)
    columns = list(wanted or there)
    names = {column: _class_names(dataset.features[column]) for column in columns}
    number = 0
    for batch in dataset.select_columns(columns).iter(_ROWS_AT_ONCE):
        for values in zip(*(batch[column] for column in columns), strict=True):
            number += 1
            yield Row(
                number, {c: _named(v, names[c]) for c, v in zip(columns, values, strict=True)}
            )


def _class_names(feature: Any) -> Sequence[str] | None:
    """The names behind the numbers of a column of classes."""
    return getattr(feature, "names", None) if type(feature).__name__ == "ClassLabel" else None


def _named(value: Any, names: Sequence[str] | None) -> Any:
    if names is None or value is None:
        return value
    return names[value] if 0 <= value < len(names) else None  # -1 stands for a label nobody knows
