"""What is trained on: data read and held against what is evaluated, then written as each training reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from runners.finetuning.contamination import (
    ContaminatedTrainingData,
    Contamination,
    contamination,
)
from runners.finetuning.evaluation_texts import texts_of_tasks
from runners.finetuning.hard_negatives import Embed
from runners.finetuning.labelled import LabelledData
from runners.finetuning.pair_files import row_settings, write_recipe_pairs
from runners.finetuning.training_data import (
    SplitData,
    Whereabouts,
    read_training_data,
    split,
    texts,
    without,
)
from runners.finetuning.training_files import (
    SAFE_FOLDER,
    ready_folder,
    write_labelled,
    write_ready,
)
from runners.finetuning.trainings import Training
from runners.progress import Progress
from runners.task_selection import SelectedTask
from schemas.finetuning import Finetuning


@dataclass(frozen=True)
class Prepared:
    """Data sets, split, less the `left_out` rows that are evaluated too.

    `labelled` and `held_out` are files of labelled texts, None where not all data has labels.
    """

    parts: tuple[SplitData, ...]
    contamination: Contamination
    left_out: int
    labelled: Path | None
    held_out: Path | None

    @property
    def held_out_rows(self) -> int:
        """Rows that are kept from training."""
        return sum(len(part.held_out) for part in self.parts)

    def records(self) -> list[dict[str, Any]]:
        """The data sets as a report has them."""
        return list(map(_record, self.parts))


def prepare(
    finetune: Finetuning,
    folder: Path,
    where: Whereabouts,
    tasks: Sequence[SelectedTask],
    progress: Progress,
    *,
    allow_contamination: bool,
) -> Prepared:
    """Read, check and split the data, and keep all of it in `folder`.

    Raises:
        UnusableTrainingData: they cannot be trained on, or stand in what is evaluated.
        Failure: they cannot be had, or what is evaluated cannot.
    """
    data = read_training_data(finetune, folder / "rows", where, progress)
    found = contamination(lambda: texts(data), texts_of_tasks(tasks, progress), progress)
    left_out = found.rows if finetune.evaluated_rows == "leave-out" else 0
    if left_out:
        progress.say(f"{left_out} of {found.total} training rows are evaluated: left out")
        data = without(data, found.found)
        found = replace(found, rows=0, of_tasks=(), examples=())
    if found.rows and not allow_contamination:
        raise ContaminatedTrainingData(found)
    labelled = all(isinstance(one, LabelledData) for one in data)
    # Only where all data has labels are held-out rows measured; elsewhere they would be missing for nothing.
    parts = split(data, finetune.held_out if labelled else 0, finetune.seeds[0])
    if not labelled:
        return Prepared(parts, found, left_out, None, None)
    training, held_out = write_labelled(parts, folder, progress)
    return Prepared(parts, found, left_out, training.path, held_out.path if held_out.rows else None)


def files_for(
    prepared: Prepared, training: Training, embed: Embed, progress: Progress, *, processes: int
) -> tuple[Path, ...]:
    """The files, or FlagEmbedding's folders, that a training of so many processes reads; its seed draws pairs.

    Raises:
        UnusableTrainingData: there are fewer rows than a batch has, or labels are missing.
    """
    recipe = training.recipe
    if recipe.loss == "label-aware" and prepared.labelled:
        return (prepared.labelled,)
    folder = training.folder / "data"
    settings = row_settings(
        recipe, training.seed, batch_named=recipe.same_dataset, processes=processes
    )
    for part in prepared.parts:
        if isinstance(part.data, LabelledData):
            write_recipe_pairs(part, folder / SAFE_FOLDER, recipe, settings, embed, progress)
        else:
            write_ready(part, partial(ready_folder, folder), settings, progress)
    return tuple(sorted(path for path in folder.iterdir() if path.is_dir()))


def _record(part: SplitData) -> dict[str, Any]:
    data, source = part.data, part.data.source
    labels = None
    if isinstance(data, LabelledData):
        labels = len(np.unique(data.rows.groups[part.training]))
    return {
        "name": source.name,
        "revision": source.revision,
        "split": source.split if source.id else None,
        "rows": data.total,
        "trained": len(part.training),
        "labels": labels,
        "sha256": data.sha256(part.training),
    }
