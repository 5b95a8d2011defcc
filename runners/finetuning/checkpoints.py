"""Checkpoints of a training, and which of them is whole."""

import json
import re
import shutil
from pathlib import Path

_NAME = re.compile(r"checkpoint-(\d+)")
_LAST_WRITTEN = "trainer_state.json"


def last_whole_checkpoint(folder: Path) -> Path | None:
    """The newest one that was written to its end."""
    whole = [(step, path) for step, path in _checkpoints(folder) if _is_whole(path)]
    return max(whole)[1] if whole else None


def delete_half_written(folder: Path) -> None:
    """Delete what a kill left, before training starts: its processes would get into each other's way."""
    for _, path in _checkpoints(folder):
        if not _is_whole(path):
            shutil.rmtree(path)


def _checkpoints(folder: Path) -> list[tuple[int, Path]]:
    if not folder.is_dir():
        return []
    named = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return [(int(match.group(1)), path) for match, path in named if match]


def _is_whole(checkpoint: Path) -> bool:
    try:
        return bool(json.loads((checkpoint / _LAST_WRITTEN).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False
