"""All that a config trains on: find its files or ask the Hub, read and check them, hold some rows out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from runners.custom_data import table_files
from runners.finetuning.held_out import held_out
from runners.finetuning.labelled import LabelledData, check_labels, read_labelled
from runners.finetuning.ready_rows import ReadyData, read_ready
from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.row_store import Numbers
from runners.finetuning.tables import SUFFIXES, Table, file_table, hub_table
from runners.planned import really_inside
from runners.progress import Progress
from schemas.finetuning import Finetuning, TrainingSource

TrainingData = LabelledData | ReadyData


@dataclass(frozen=True)
class Whereabouts:
    """Where data are looked for.

    Attributes:
        data_paths: local folders by the Hub id that they replace.
        root: the folder that a submission's files must lie in; None where a person's own may lie anywhere.
    """

    data_paths: Mapping[str, Path] = field(default_factory=dict)
    root: Path | None = None


@dataclass(frozen=True)
class SplitData:
    """A data set and which of its rows are trained on, and which are held out; numbers in rising order."""

    data: TrainingData
    training: Numbers
    held_out: Numbers


def read_training_data(
    finetune: Finetuning, folder: Path, whereabouts: Whereabouts, progress: Progress
) -> tuple[TrainingData, ...]:
    """Every data set of the config, its rows kept in `folder`.

    Raises:
        UnusableTrainingData: one cannot be trained on.
        Failure: one cannot be had.
    """
    seed = finetune.seeds[0]
    return tuple(
        _read(source, folder / f"{number}.jsonl", whereabouts, seed, progress)
        for number, source in enumerate(finetune.data, start=1)
    )


def split(data: Sequence[TrainingData], count: int, seed: int) -> tuple[SplitData, ...]:
    """Hold `count` labelled rows out, of which every label of every data set gets its share."""
    labelled = [each for each in data if isinstance(each, LabelledData)]
    labels, first = [np.empty(0, np.int64)], 0
    for one in labelled:
        labels.append(one.rows.groups[one.chosen] + first)
        first += len(one.labels)
    out = held_out(np.concatenate(labels), count, seed)
    parts, begin = [], 0
    for each in data:
        size = len(each.chosen) if isinstance(each, LabelledData) else 0
        mask = out[begin : begin + size] if size else np.zeros(len(each.chosen), np.bool_)
        begin += size
        parts.append(SplitData(each, each.chosen[~mask], each.chosen[mask]))
    return tuple(parts)


def texts(data: Sequence[TrainingData]) -> Iterator[tuple[str, ...]]:
    """The texts of each chosen row, of one data set after the other."""
    return chain.from_iterable(each.texts() for each in data)


def without(data: Sequence[TrainingData], found: npt.NDArray[np.bool_]) -> tuple[TrainingData, ...]:
    """The same data less the rows that `found` marks, in the order of `texts`.

    Raises:
        UnusableTrainingData: what is left of a data set cannot be trained on.
    """
    ends = np.cumsum([len(each.chosen) for each in data])
    marks = np.split(found, ends[:-1])
    return tuple(_left(one, out) for one, out in zip(data, marks, strict=True))


def _left(data: TrainingData, out: npt.NDArray[np.bool_]) -> TrainingData:
    left = replace(data, chosen=data.chosen[~out])
    try:
        _check_some(left)
    except UnusableTrainingData as error:
        raise UnusableTrainingData(
            f"{data.source.name}: {int(out.sum()):,} of {len(out):,} rows are evaluated and left out, "
            f"and then {error.message}",
            "train on rows that are not evaluated, or evaluate other tasks",
        ) from error
    return left


def _check_some(data: TrainingData) -> None:
    if not len(data.chosen):
        raise UnusableTrainingData("no rows are left")
    if isinstance(data, LabelledData):
        check_labels(data)


def _read(
    source: TrainingSource, file: Path, whereabouts: Whereabouts, seed: int, progress: Progress
) -> TrainingData:
    tables = _tables(source, whereabouts)
    if source.columns is None:
        return read_ready(source, tables, file, seed, progress)
    return read_labelled(source, tables, file, seed, progress)


def _tables(source: TrainingSource, whereabouts: Whereabouts) -> list[Table]:
    if source.path is not None:
        return [file_table(file) for file in _local_files(source.path, source, whereabouts.root)]
    folder = whereabouts.data_paths.get(source.id or "")
    if folder is None:
        return [hub_table(source)]
    files = table_files(folder, source.split)
    if len(files) != 1:
        names = ", ".join(file.name for file in files) or "none"
        raise UnusableTrainingData(
            f"{source.name}: the file of `{source.split}` is not clear in {folder}: {names}",
            f"keep one file there that is called as the split, such as {source.split}.csv",
        )
    return [file_table(files[0])]


def _local_files(path: Path, source: TrainingSource, root: Path | None) -> list[Path]:
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise UnusableTrainingData(
            f"{source.name}: no such file, and no folder with JSON lines",
            "write the path relative to the config",
        )
    for file in files:
        if file.suffix not in SUFFIXES:
            raise UnusableTrainingData(
                f"{file.name}: neither {', '.join(SUFFIXES[:-1])} nor {SUFFIXES[-1]}",
                "convert it to JSON lines",
            )
        if root is not None and not really_inside(file, root):
            raise UnusableTrainingData(
                f"{file.name} leads out of the project's folder, or is a link",
                "put the file itself into the project",
            )
    return files
