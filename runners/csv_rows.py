"""Read a CSV file row by row: every value as text, and a row of another length than the header's is an error."""

import csv
from collections.abc import Iterator
from pathlib import Path

_LONGEST_FIELD = 16 * 1024 * 1024


class MalformedCsv(ValueError):
    """The file is no table: what is wrong, with file and line, and what to do."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The header, then the rows, each with the line it begins on; empty lines are left out.

    Raises:
        MalformedCsv: not UTF-8, a column twice, or a row that has not one value for each column.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream)
        header: list[str] | None = None
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise MalformedCsv(f"{path.name}, line {line}: {error}") from error
            _check_unicode(row, path, line)
            if header is None:
                header = row
                if len(set(header)) != len(header):
                    raise MalformedCsv(f"{path.name}: two columns have the same name")
            elif row and len(row) != len(header):
                raise MalformedCsv(
                    f"{path.name}, line {line}: {len(row)} values for {len(header)} columns",
                    "quote values that hold commas",
                )
            if row:
                yield line, row


def _check_unicode(row: list[str], path: Path, line: int) -> None:
    """Bytes that are no UTF-8 were read as lone surrogates, which cannot be encoded again."""
    try:
        "".join(row).encode()
    except UnicodeEncodeError as error:
        raise MalformedCsv(f"{path.name}, line {line}: not UTF-8", "save the file as UTF-8") from error  # fmt: skip
