"""The files that training reads: FlagEmbedding's rows in folders it understands, or labelled texts.

<folder>/labelled-no_in_batch_neg/<name>.jsonl   rows whose batch must not serve as negatives
<folder>/<type>/<name>.jsonl                     other rows
<folder>/labelled.jsonl, labels.json             texts with the number of their label, and the labels' names

FlagEmbedding takes other queries' passages for negatives unless the name of the folder ends in `no_in_batch_neg`. It
halves the batch of types that are called symmetric, unless the rows have a `batch_size`.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from runners.finetuning.labelled import LabelledData
from runners.finetuning.pairs import Pairs
from runners.finetuning.ready_rows import OF_CLASSES, ReadyData, ReadyTable
from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.row_store import Numbers
from runners.finetuning.training_data import SplitData
from runners.progress import Progress

SAFE_FOLDER = "labelled-no_in_batch_neg"
_LABELLED_TYPE = "symmetric_class"
_TOLD_EVERY = 1000  # rows
_DISTINCT_NAME = 60


@dataclass(frozen=True)
class RowSettings:
    """What is written into every row.

    Attributes:
        group_size: passages of a query, one of them positive.
        batch_size: queries of a step and process; None leaves it to FlagEmbedding, halving included.
        prompt: put before a query whose row has none of its own.
        processes: how many train together, each with a batch of its own.
    """

    group_size: int
    batch_size: int | None
    prompt: str = ""
    seed: int = 42
    processes: int = 1


@dataclass(frozen=True)
class WrittenFile:
    """A training file, how many rows it has, and how many got no pair."""

    path: Path
    rows: int
    left_out: int = 0


def ready_folder(folder: Path, data: ReadyData, table: ReadyTable) -> Path:
    """Where ready-made rows of a table go."""
    wanted = data.source.in_batch_negatives
    apart = table.type in OF_CLASSES or wanted is False
    return folder / (SAFE_FOLDER if apart else table.type)


def write_pairs(
    part: SplitData,
    folder: Path,
    settings: RowSettings,
    progress: Progress,
    *,
    mined: npt.NDArray[np.int32] | None = None,
) -> WrittenFile:
    """Write the training rows of labelled data into `folder`, each with a positive and `group_size - 1` negatives.

    Raises:
        UnusableTrainingData: there are fewer rows than a batch has.
    """
    data, rows = _labelled(part), part.training
    pairs = Pairs(
        rows,
        data.rows.groups[rows],
        data.rows.hashes[rows],
        negatives=settings.group_size - 1,
        seed=settings.seed,
        mined=mined,
    )
    fields = {"prompt": settings.prompt, "type": _LABELLED_TYPE} | _batch_size(settings)
    end = b"], " + json.dumps(fields, ensure_ascii=False).encode()[1:] + b"\n"
    path, written, left_out = folder / f"{_file_name(part)}.jsonl", 0, 0
    progress.phase(f"drawing pairs of {data.source.name}", len(rows), "rows")
    with _replacing(path) as stream, data.rows.reading() as read:
        for done, pair in enumerate(pairs, start=1):
            if pair is None:
                left_out += 1
            else:
                negatives = b", ".join(map(read, pair.negatives))
                query, positive = read(pair.row), read(pair.positive)
                stream.write(
                    b'{"query": %b, "pos": [%b], "neg": [%b' % (query, positive, negatives)
                )
                stream.write(end)
                written += 1
            if done % _TOLD_EVERY == 0 or done == len(rows):
                progress.encoded(done, len(rows))
        _refuse_less_than_a_batch(data.source.name, written, settings)
    return WrittenFile(path, written, left_out)


def write_ready(
    part: SplitData,
    folder_of: Callable[[ReadyData, ReadyTable], Path],
    settings: RowSettings,
    progress: Progress,
) -> list[WrittenFile]:
    """Write ready-made rows, a file for each table, into the folder that `folder_of` names.

    All rows get the same columns, because FlagEmbedding joins its data sets: it would fill what one of them lacks with
    nothing, and put the word None before a query without a prompt.

    Raises:
        UnusableTrainingData: a table has fewer rows than a batch.
    """
    if not isinstance(part.data, ReadyData):
        raise TypeError(f"{part.data.source.name} is labelled")
    data, files = part.data, list[WrittenFile]()
    progress.phase(f"writing {data.source.name}", len(part.training), "rows")
    done = 0
    for number, table in enumerate(data.tables):
        rows = part.training[data.rows.groups[part.training] == number]
        if not len(rows):
            continue
        fields = {"type": table.type} | _batch_size(settings)
        name = _file_name(part) + (f"-{number + 1}" if len(data.tables) > 1 else "")
        path = folder_of(data, table) / f"{name}.jsonl"
        with _replacing(path) as stream, data.rows.reading() as read:
            for row in rows.tolist():
                values = {"prompt": settings.prompt} | json.loads(read(row)) | fields
                stream.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
                done += 1
                if done % _TOLD_EVERY == 0 or done == len(part.training):
                    progress.encoded(done, len(part.training))
            _refuse_less_than_a_batch(table.name, len(rows), settings)
        files.append(WrittenFile(path, len(rows)))
    return files


def write_labelled(
    parts: Sequence[SplitData], folder: Path, progress: Progress
) -> tuple[WrittenFile, WrittenFile]:
    """Write labelled texts of all data sets: those to train on, and those held out.

    A label's number is its place in `labels.json`; those of one data set stand there in the order of their names, and
    labels of two data sets are never the same, whatever they are called.
    """
    names: list[str] = []
    for part in parts:
        before = f"{part.data.source.name}: " if len(parts) > 1 else ""
        names += [before + label for label in _labelled(part).labels]
    folder.mkdir(parents=True, exist_ok=True)
    with _replacing(folder / "labels.json") as stream:
        stream.write(json.dumps(names, ensure_ascii=False, indent=1).encode())
    training = [(_labelled(part), part.training) for part in parts]
    held_out = [(_labelled(part), part.held_out) for part in parts]
    return (
        _write_texts(training, folder / "labelled.jsonl", progress),
        _write_texts(held_out, folder / "held_out.jsonl", progress),
    )


def _write_texts(
    parts: Sequence[tuple[LabelledData, Numbers]], path: Path, progress: Progress
) -> WrittenFile:
    done, of, first = 0, sum(len(rows) for _, rows in parts), 0
    progress.phase(f"writing {path.name}", of, "rows")
    with _replacing(path) as stream:
        for data, rows in parts:
            with data.rows.reading() as read:
                for row in rows.tolist():
                    label = first + int(data.rows.groups[row])
                    stream.write(b'{"text": %b, "label": %d}\n' % (read(row), label))
                    done += 1
                    if done % _TOLD_EVERY == 0 or done == of:
                        progress.encoded(done, of)
            first += len(data.labels)
    return WrittenFile(path, of)


def _labelled(part: SplitData) -> LabelledData:
    if not isinstance(part.data, LabelledData):
        raise TypeError(f"{part.data.source.name} has no labels")
    return part.data


def _batch_size(settings: RowSettings) -> dict[str, int | str]:
    return {} if settings.batch_size is None else {"batch_size": settings.batch_size}


def _file_name(part: SplitData) -> str:
    """A name without dots, in which FlagEmbedding looks for its flag; the store's number keeps it apart from others."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(part.data.source.name).stem)[:_DISTINCT_NAME]
    return f"{part.data.rows.file.stem}-{plain}"


def _refuse_less_than_a_batch(name: str, rows: int, settings: RowSettings) -> None:
    batch = settings.batch_size or 1
    if rows < batch * settings.processes:
        of_each = f" for each of {settings.processes} processes" if settings.processes > 1 else ""
        raise UnusableTrainingData(
            f"{name} has {rows:,} rows, less than a batch of {batch}{of_each}: FlagEmbedding "
            "drops a batch that is not full, so it would train on none",
            "lower `batch_size`, or add rows",
        )


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that is there once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        yield stream
    partial.replace(path)
