"""What a checkout of the board holds beside the submissions: its settings, and the results of reference models."""

from collections.abc import Iterator
from pathlib import Path

from schemas.settings import SETTINGS_FILE, Settings

RESULTS = Path("results")


def settings_file(board: Path) -> Path:
    """Where a board's settings are, if it has any."""
    return board / SETTINGS_FILE


def model_results(board: Path, model: str) -> Path:
    """The folder with the accepted results of a model, `org/name`."""
    return board / RESULTS / model.replace("/", "__", 1)


def reference_results(board: Path, settings: Settings, model: str) -> Iterator[Path]:
    """Folders of the models to compare with that have results here; a model is no reference for itself."""
    for reference in settings.compare_with:
        folder = model_results(board, reference)
        if reference != model and folder.is_dir():
            yield folder
