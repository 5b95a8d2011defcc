"""Look at the local training data that a config names: plain files below the config's folder, their first row alone."""

import csv
import io
import stat
from itertools import islice
from os.path import normpath
from pathlib import Path

from bot.surroundings import TrainingFile, items
from schemas.problem import shown
from schemas.strict_json import parse_strict_json
from schemas.submission import ModelConfig
from schemas.yaml_document import YamlDocument

_MOST_SOURCES = 50  # the schema's limit
_MOST_FILES = 500  # as many as a submission may have
_LONGEST_ROW = 2**20  # bytes
_SUFFIXES = (".csv", ".jsonl", ".parquet")
_UNREADABLE = "name a CSV, JSON lines or Parquet file that exists, relative to the folder of this config"  # fmt: skip


class _Refused(Exception):
    """A path cannot be used; the arguments are rule, message and fix."""


def training_files(document: YamlDocument, config: Path) -> dict[int, TrainingFile]:
    """Item number in `finetune.data` -> the local file or folder it names."""
    entries = items(document, "finetune", "data")[:_MOST_SOURCES]
    paths = ((n, entry.get("path")) for n, entry in enumerate(entries) if isinstance(entry, dict))
    return {number: _looked_at(name, config) for number, name in paths if isinstance(name, str)}


def training_rows(config: ModelConfig) -> tuple[int | None, ...]:
    """How many rows each data set of a valid config has, by its lines; None where that is not known here."""
    sources = config.finetune.data if config.finetune else ()
    return tuple(_lines(source.path) if source.path else None for source in sources)


def _lines(path: Path) -> int | None:
    """Lines of a table without its head, or of a folder's JSON lines."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not all(file.is_file() and file.suffix in {".csv", ".jsonl"} for file in files):
        return None
    count = 0
    for file in files:
        with file.open("rb") as stream:
            count += sum(1 for line in stream if line.strip()) - (file.suffix == ".csv")
    return count


def _looked_at(name: str, config: Path) -> TrainingFile:
    try:
        files = _plain_files(name, config.parent)
        columns, kind = _first_row(files[0])
    except _Refused as refused:
        rule, message, fix = refused.args
        return TrainingFile(refusal=(rule, message, fix))
    except (OSError, ValueError, csv.Error) as error:
        reason = shown(getattr(error, "strerror", None) or str(error), 200)
        message = f"the training data `{shown(name)}` cannot be read: {reason}"
        return TrainingFile(refusal=("training-data-unreadable", message, _UNREADABLE))
    return TrainingFile(tuple(normpath(file) for file in files), columns, kind)


def _plain_files(name: str, folder: Path) -> list[Path]:
    """The file, or the JSON lines of the folder, that `name` means; at least one."""
    below = normpath(name)
    if Path(name).is_absolute() or below.split("/")[0] in {".", ".."}:
        message = f"the training data `{shown(name)}` lies outside of the submission"
        fix = "put it into a file or folder beside this config, or name a data set on the Hub"
        raise _Refused("training-data-outside", message, fix)
    target = folder
    for part in below.split("/"):
        target /= part
        _refuse_link(target, name)
    if not stat.S_ISDIR(target.stat().st_mode):
        _require_file(target)
        return [target]
    found = sorted(file for file in islice(target.iterdir(), _MOST_FILES) if file.suffix == ".jsonl")  # fmt: skip
    for file in found:
        _refuse_link(file, name)
        _require_file(file)
    if not found:
        raise ValueError("the folder holds no .jsonl file")
    return found


def _refuse_link(path: Path, name: str) -> None:
    if path.is_symlink():
        message = f"the training data `{shown(name)}` is, or goes through, a link"
        raise _Refused("training-data-linked", message, "put the file itself there")


def _require_file(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode) or path.suffix not in _SUFFIXES:
        raise ValueError("it is no CSV, JSON lines or Parquet file by its name")


def _first_row(file: Path) -> tuple[tuple[str, ...] | None, str | None]:
    """Names of its columns, and what the row says its `type` is; None where that is not looked at."""
    if file.suffix == ".parquet":
        return None, None
    with file.open("rb") as stream:
        content = stream.readline(_LONGEST_ROW) if file.suffix == ".jsonl" else stream.read(_LONGEST_ROW)  # fmt: skip
    if file.suffix == ".jsonl":
        row = parse_strict_json(content)
        if not isinstance(row, dict):
            raise ValueError("its first line is no JSON object")
        kind = row.get("type")
        return tuple(row), kind if isinstance(kind, str) else None
    text = content.decode("utf-8-sig", errors="strict" if len(content) < _LONGEST_ROW else "ignore")
    return tuple(next(csv.reader(io.StringIO(text, newline="")), ())), None
