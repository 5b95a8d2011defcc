"""Write a preview's files, replacing those of the last preview and touching no others."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from schemas.errors import CommandError

_MANIFEST = ".preview.json"


class CannotWritePreview(CommandError):
    """A file of the preview cannot be written."""


def write_preview(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` below `folder`; what the last preview wrote and this one does not is deleted.

    Raises:
        CannotWritePreview: the disk or its permissions forbid it, or a link leads elsewhere.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _listed(folder)
        # both lists until all is written: a preview that dies leaves nothing the next one forgets
        _list(folder, before | set(files))
        for path in sorted(before - set(files)):
            _own(folder, path).unlink(missing_ok=True)
        for path, content in files.items():
            _write(_own(folder, path), content)
        _list(folder, files)
    except OSError as error:
        raise CannotWritePreview(
            f"{error.filename or folder}: {error.strerror}", "choose another `--output` folder"
        ) from error


def _own(folder: Path, path: str) -> Path:
    """The file at `path`, whose folders are made; refused where a link would lead out of `folder`."""
    target = folder / path
    inside = folder.resolve()
    if not target.parent.resolve().is_relative_to(inside) or target.parent.is_symlink():
        raise CannotWritePreview(
            f"{target} leads out of {folder}",
            "delete that link, or choose another `--output` folder",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _write(target: Path, content: bytes) -> None:
    """In one step, and never through a link that somebody put in the file's place."""
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    partial.write_bytes(content)
    partial.replace(target)


def _listed(folder: Path) -> set[str]:
    """Files of the last preview: only names a preview gives, whatever the list may say."""
    try:
        listed = json.loads((folder / _MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return set()  # the first preview here
    names = listed if isinstance(listed, list) else []
    return {name for name in names if isinstance(name, str) and _is_ours(name)}


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    return (
        name.isprintable()
        and ".." not in parts
        and (name in {"comment.md", "index.html"} or parts[0] == "card")
    )


def _list(folder: Path, files: Iterable[str]) -> None:
    _write(folder / _MANIFEST, json.dumps(sorted(files), indent=1).encode())
