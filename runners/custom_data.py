"""Read the table of a custom task: a Hub data set at a revision, or local CSV, JSONL or Parquet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from runners.csv_rows import MalformedCsv, csv_rows
from runners.failures import Failure, classified
from schemas.submission import CustomTask

_SUFFIXES = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class DataSource:
    """Where a task's rows come from. `folder` is None for a Hub data set read from the Hub."""

    task: CustomTask
    folder: Path | None
    files: Mapping[str, Path]
    revision: str

    @property
    def hub_id(self) -> str | None:
        """The Hub id, when the rows really come from there."""
        return self.task.dataset_id if self.folder is None else None


def locate_data(task: CustomTask, data_paths: Mapping[str, Path]) -> DataSource:
    """Find the task's files; `data_paths` maps a data set's id or path to a local folder.

    A local copy given for a Hub data set is recorded by the hash of its files, not by the Hub's
    revision: nothing here can prove that it is the same.

    Raises:
        Failure: a folder or file is missing, or a split's file is ambiguous.
    """
    given = data_paths.get(task.dataset_id or task.dataset_path or "")
    if given is None and task.dataset_id is not None:
        return DataSource(task, None, {}, task.dataset_revision or "")
    folder = given if given is not None else task.file.parent / (task.dataset_path or "")
    if given is None and not folder.resolve().is_relative_to(task.file.parent.resolve()):
        raise Failure("submission", f"{task.name}: {task.dataset_path} leads out of its folder")
    if not folder.is_dir():
        raise Failure(
            "submission",
            f"{task.name}: no folder {folder} with the data",
            f"put the files there, or pass `--data-path {task.dataset_id or task.dataset_path}=DIR`",
        )
    files = {table: _file_of(table, task, folder) for table in tables(task)}
    digest = sha256()
    for table in sorted(files):
        with files[table].open("rb") as stream:
            digest.update(table.encode() + file_digest(stream, "sha256").digest())
    return DataSource(task, folder, files, f"sha256-{digest.hexdigest()}")


def tables(task: CustomTask) -> tuple[str, ...]:
    """The tables a task of its type reads: its splits, or queries, corpus and relevance."""
    if task.type == "retrieval":
        return ("queries", "corpus", "relevance")
    if task.type == "classification":
        return (task.training_split, task.evaluation_split)
    return (task.evaluation_split,)


def read_table(source: DataSource, table: str, columns: Sequence[str]) -> Any:
    """The table as a pandas DataFrame of text, holding at least `columns`.

    Raises:
        Failure: it cannot be read or lacks a column.
    """
    try:
        frame = (
            _read_hub(source, table) if source.folder is None else _read_file(source.files[table])
        )
    except Failure:
        raise
    except Exception as error:
        raise classified(error, "submission", f"{source.task.name}: reading `{table}`") from error
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise Failure(
            "submission",
            f"{source.task.name}: `{table}` has no column {', '.join(missing)}",
            f"its columns are {', '.join(map(str, frame.columns))}; correct `columns` in the task file",
        )
    if not len(frame):
        raise Failure("submission", f"{source.task.name}: `{table}` has no rows")
    return frame


def _file_of(table: str, task: CustomTask, folder: Path) -> Path:
    if table in task.files:
        chosen = folder / task.files[table]
        if not _is_inside(chosen, folder):
            raise Failure("submission", f"{task.name}: no file {task.files[table]} in {folder}")
        return chosen
    candidates = table_files(folder, table)
    if len(candidates) != 1:
        names = ", ".join(path.name for path in candidates) or "none"
        raise Failure(
            "submission",
            f"{task.name}: the file of `{table}` is not clear in {folder}: {names}",
            f"name it in the task file under `dataset.files: {{{table}: …}}`",
        )
    return candidates[0]


def table_files(folder: Path, table: str) -> list[Path]:
    """The files of `folder` that are called as `table`, else those that begin so."""
    found = sorted(
        path
        for path in folder.iterdir()
        if path.name.startswith(table) and path.suffix in _SUFFIXES and _is_inside(path, folder)
    )
    return [path for path in found if path.stem == table] or found


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether `path` is a file that really lies below `folder`, links followed."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _read_file(path: Path) -> Any:
    import pandas as pd

    if path.suffix == ".csv":
        return _read_csv(path)
    if path.suffix == ".jsonl":
        return pd.read_json(path, lines=True, dtype=False)
    return pd.read_parquet(path)


def _read_csv(path: Path) -> Any:
    """Every value as text ("NA" and "007" are not numbers here); a row of another length is refused."""
    import pandas as pd

    rows = csv_rows(path)
    try:
        _, header = next(rows, (1, []))
        return pd.DataFrame([row for _, row in rows], columns=header, dtype=str)
    except MalformedCsv as error:
        raise Failure("submission", error.message, error.fix) from error


def _read_hub(source: DataSource, table: str) -> Any:
    from datasets import load_dataset

    task = source.task
    options: dict[str, Any] = {"revision": task.dataset_revision, "split": table}
    if table in task.files:
        options |= {"data_files": {table: task.files[table]}}
    return load_dataset(task.dataset_id, task.dataset_config, **options).to_pandas()
