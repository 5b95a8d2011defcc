"""An experiment of fine-tuning, with its task and rows, small enough to run in seconds."""

from pathlib import Path

from finetune_made import labelled_rows, write_topics, write_topics_task

from schemas.experiment import Experiment, Mode, load_experiment
from schemas.finetuning import Recipe

CLOSING = [
    "raw",
    "best_published",
    "ours",
    "ours_all_rows",
    "standard_error",
    "training_seconds_ratio",
    "ahead_by_standard_errors",
]
PUBLISHED = Mode("same", Recipe(loss="flag-embedding", epochs=1), published=True, role="published")
OURS = Mode("ours", Recipe(), rows=1200, role="ours")

EXPERIMENT = """\
schema_version: 1
title: Two ways of *training*
model: acme/small
revision: 111111111111111111111111111111111111111a
task: topics.yaml
data:
  path: train/rows.csv
  columns: {text: text, label: topic}
  rows: 60
modes:
  - name: same-dataset
    role: published
    published: true
    recipe: {batch_size: 3, group_size: 4, epochs: 1, learning_rate: 1.0e-4, temperature: 0.02, query_max_length: 16}
  - name: ours
    role: ours
    recipe: {batch_size: 16, epochs: 3, learning_rate: 1.0e-3, query_max_length: 16}
  - name: ours-all-rows
    role: ours_all_rows
    rows: all
    recipe: {batch_size: 16, epochs: 3, learning_rate: 1.0e-3, query_max_length: 16}
budgets: {seconds: [1], methods: [ours]}
"""


def write_experiment(folder: Path) -> Path:
    """An experiment, its task, 70 rows to train on of which none is evaluated, and 60 that are."""
    rows = labelled_rows(130)
    write_topics(folder / "train" / "rows.csv", rows[:70])
    write_topics_task(folder, rows[:70], rows[70:])
    path = folder / "experiment.yaml"
    path.write_text(EXPERIMENT)
    return path


def changed(path: Path, *edits: tuple[str, str]) -> Path:
    """The file, with each text, which must stand there once, replaced."""
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} must stand once in the file"
        text = text.replace(old, new)
    path.write_text(text)
    return path


def loaded(path: Path) -> Experiment:
    """The experiment of a file that is right."""
    found, _, problems = load_experiment(path)
    assert found is not None, problems
    return found
