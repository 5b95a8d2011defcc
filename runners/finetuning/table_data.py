"""The rows of an experiment: read once, held against what is evaluated, and drawn alike for every mode."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runners.finetuning.contamination import ContaminatedTrainingData, Contamination, contamination
from runners.finetuning.evaluation_texts import texts_of_tasks
from runners.finetuning.hard_negatives import Embed
from runners.finetuning.labelled import LabelledData, check_labels, drawn
from runners.finetuning.pair_files import row_settings, write_recipe_pairs
from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.training_data import (
    SplitData,
    Whereabouts,
    read_training_data,
    split,
    texts,
    without,
)
from runners.finetuning.training_files import SAFE_FOLDER, write_labelled
from runners.progress import Progress
from runners.task_selection import SelectedTask
from schemas.experiment import Experiment, Mode
from schemas.finetuning import Finetuning, TrainingSource

# Without FlagEmbedding's flag at the end of its name: other queries' passages are negatives.
UNSAFE_FOLDER = "labelled"


@dataclass(frozen=True)
class Rows:
    """The rows of all modes that are trained on as many, and their file of labelled texts."""

    part: SplitData
    labelled: Path
    sha256: str

    def __len__(self) -> int:
        return len(self.part.training)


@dataclass(frozen=True)
class ExperimentData:
    """Rows by how many a mode asks for, None for all. `left_out` were, because they are evaluated too."""

    rows: Mapping[int | None, Rows]
    left_out: int


def experiment_data(
    experiment: Experiment,
    folder: Path,
    data_paths: Mapping[str, Path],
    tasks: Sequence[SelectedTask],
    progress: Progress,
) -> ExperimentData:
    """Read, check and draw the rows, and keep all of it in `folder`.

    Raises:
        UnusableTrainingData: they cannot be trained on, are too few, or stand in what is evaluated.
        Failure: they cannot be had, or what is evaluated cannot.
    """
    whole = _whole(experiment, folder, data_paths, progress)
    wanted = sorted({mode.rows for mode in experiment.modes}, key=lambda rows: rows or math.inf)
    # Of one seed the fewer rows are among the more; all are looked at only where some are left out.
    most = None if experiment.leave_out_evaluated else wanted[-1]
    looked_at = _fewer(whole, most, experiment.seed)
    found = contamination(lambda: texts([looked_at]), texts_of_tasks(tasks, progress), progress)
    if found.rows:
        whole = _clean(looked_at, found, leave_out=experiment.leave_out_evaluated)
        count = "1 row" if found.rows == 1 else f"{found.rows:,} rows"
        progress.say(f"left out, being evaluated too: {count} of {found.total:,}")
    drawn_rows = {
        rows: _rows(_fewer(whole, rows, experiment.seed), folder / str(rows or "all"), progress)
        for rows in wanted
    }
    return ExperimentData(drawn_rows, found.rows)


def mode_files(
    mode: Mode, rows: Rows, folder: Path, seed: int, embed: Embed, progress: Progress
) -> tuple[Path, ...]:
    """The file of labelled texts, or FlagEmbedding's folder, written below `folder`, that a mode is trained with.

    Raises:
        UnusableTrainingData: there are fewer rows than a batch has.
    """
    recipe = mode.recipe
    if recipe.loss == "label-aware":
        return (rows.labelled,)
    settings = row_settings(recipe, seed, batch_named=recipe.same_dataset and not mode.published)
    pairs = folder / (UNSAFE_FOLDER if mode.in_batch_negatives else SAFE_FOLDER)
    write_recipe_pairs(rows.part, pairs, recipe, settings, embed, progress)
    return (pairs,)


def texts_of(mode: Mode, rows: int) -> float:
    """About how many texts a mode encodes in training."""
    recipe = mode.recipe
    each = 1 if recipe.loss == "label-aware" else recipe.group_size + 1
    return rows * recipe.epochs * each


def relocated(
    source: TrainingSource, folder: Path, data_paths: Mapping[str, Path]
) -> TrainingSource:
    """The source, its local file looked for below the folder that stands for it in `data_paths`.

    A custom task's data are found the same way: by the path that its file names them with, relative to `folder`.
    """
    if source.path is None or not source.path.is_relative_to(folder):
        return source
    below = source.path.relative_to(folder)
    for name, given in data_paths.items():
        if below.is_relative_to(name):
            return replace(source, path=given / below.relative_to(name))
    return source


def _whole(
    experiment: Experiment, folder: Path, data_paths: Mapping[str, Path], progress: Progress
) -> LabelledData:
    source = relocated(experiment.data, experiment.file.parent, data_paths)
    finetune = Finetuning(
        experiment.model, (replace(source, rows=None),), {}, seeds=(experiment.seed,), held_out=0
    )
    [data] = read_training_data(finetune, folder / "rows", Whereabouts(data_paths), progress)
    if not isinstance(data, LabelledData):
        raise TypeError(f"{source.name} has no labels")
    return data


def _fewer(data: LabelledData, rows: int | None, seed: int) -> LabelledData:
    if rows and rows > len(data.chosen):
        raise UnusableTrainingData(
            f"{data.source.name} has {len(data.chosen):,} rows to train on, and {rows:,} are asked for",
            "lower `rows`: a table says how many rows its modes saw",
        )
    fewer = replace(data, chosen=data.chosen[drawn(len(data.chosen), rows, seed)])
    check_labels(fewer)
    return fewer


def _clean(data: LabelledData, found: Contamination, *, leave_out: bool) -> LabelledData:
    if not leave_out:
        raise UnusableTrainingData(
            ContaminatedTrainingData(found).message,
            "remove them from the training data, or write `evaluated_rows: leave-out` in `data`",
        )
    [clean] = without([data], found.found)
    if not isinstance(clean, LabelledData):
        raise TypeError(f"{data.source.name} has no labels")
    return clean


def _rows(data: LabelledData, folder: Path, progress: Progress) -> Rows:
    parts = split([data], 0, 0)
    training, _ = write_labelled(parts, folder, progress)
    return Rows(parts[0], training.path, data.sha256(parts[0].training))
