"""Keep the libraries' chatter out of the terminal: all of it goes to a log file."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runners.output_folder import CannotUseOutputFolder

_QUIET = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TQDM_DISABLE": "1",
}


@contextmanager
def quiet_libraries(log: Path) -> Iterator[None]:
    """Send logging and warnings to `log`, switch progress bars off, then put logging back."""
    os.environ.update(_QUIET)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log, encoding="utf-8")
    except OSError as error:
        raise CannotUseOutputFolder(f"{log.parent}: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.raiseExceptions = (
        False  # a full disk must not fill the terminal with the log's troubles
    )
    _stop_progress_bars()
    try:
        with warnings.catch_warnings():
            yield
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)
        handler.close()


def _stop_progress_bars() -> None:
    """transformers knows no environment variable for its bars, datasets may have read its own already."""
    try:
        import datasets
        from transformers.utils import logging as transformers_logging
    except ModuleNotFoundError:
        return  # nothing that could draw a bar; the import that needs them will say so
    datasets.disable_progress_bars()
    transformers_logging.disable_progress_bar()
