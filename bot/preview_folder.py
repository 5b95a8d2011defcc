"""Write a preview's files, replacing those of the last preview and touching no others."""

import json
from collections.abc import Mapping
from pathlib import Path

from schemas.errors import CommandError

_MANIFEST = ".preview.json"


class CannotWritePreview(CommandError):
    """A file of the preview cannot be written."""


def write_preview(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` below `folder`; what the last preview wrote and this one does not is deleted.

    Raises:
        CannotWritePreview: the disk or its permissions forbid it.
    """
    try:
        _delete(folder, _last(folder) - set(files))
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (folder / _MANIFEST).write_text(json.dumps(sorted(files), indent=1), encoding="utf-8")
    except OSError as error:
        raise CannotWritePreview(
            f"{error.filename or folder}: {error.strerror}", "choose another `--output` folder"
        ) from error


def _last(folder: Path) -> set[str]:
    try:
        listed = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()  # the first preview here, or one that never finished
    return {path for path in listed if isinstance(path, str)} if isinstance(listed, list) else set()


def _delete(folder: Path, paths: set[str]) -> None:
    inside = folder.resolve()
    for path in paths:
        target = (folder / path).resolve()
        if target.is_relative_to(inside) and target.is_file():
            target.unlink()
