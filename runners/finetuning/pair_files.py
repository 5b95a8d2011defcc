"""Pairs of labelled rows as a recipe wants them: drawn by the seed, their negatives mined where it says so."""

from pathlib import Path

from runners.finetuning.hard_negatives import Embed, mined
from runners.finetuning.training_data import SplitData
from runners.finetuning.training_files import RowSettings, WrittenFile, write_pairs
from runners.progress import Progress
from schemas.finetuning import Recipe


def row_settings(
    recipe: Recipe, seed: int, *, batch_named: bool, processes: int = 1
) -> RowSettings:
    """What a recipe's rows have in common; `batch_named` writes the batch into them, so that it is not halved."""
    batch = recipe.batch_size if batch_named else None
    return RowSettings(recipe.group_size, batch, recipe.query_instruction or "", seed, processes)


def write_recipe_pairs(
    part: SplitData,
    folder: Path,
    recipe: Recipe,
    settings: RowSettings,
    embed: Embed,
    progress: Progress,
) -> WrittenFile:
    """Write the training rows of labelled data into `folder`, with their positives and negatives.

    Raises:
        UnusableTrainingData: there are fewer rows than a batch has.
    """
    hard, negatives = recipe.hard_negatives, None
    if hard:
        negatives = mined(part, embed, hard, recipe.group_size - 1, settings.seed, progress)
    return write_pairs(part, folder, settings, progress, mined=negatives)
