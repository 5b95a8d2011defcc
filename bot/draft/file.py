"""Put a drafted config where it belongs, whole or not at all, and over nobody's work."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.custom_task_files import project_root
from schemas.errors import UsageError
from schemas.problem import shown

_SCHEMA = "schemas/model-config.schema.json"


class ConfigExists(UsageError):
    """There is a file where the draft was to be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{shown(str(path), 300)} exists already",
            "pass --force to replace it, or another --output",
        )


def refuse_existing(path: Path) -> None:
    """Stop before the Hub is asked for nothing.

    Raises:
        ConfigExists: something is at `path`.
    """
    if os.path.lexists(path):
        raise ConfigExists(path)


def schema_path(path: Path) -> str:
    """The schema as seen from a config at `path`: relative, so that it holds on every machine."""
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 -- the folder need not exist yet
    return Path(os.path.relpath(project_root(folder / "x") / _SCHEMA, folder)).as_posix()


def write_config(path: Path, text: str, *, force: bool) -> None:
    """Write `text` to `path` in one step; what is there is replaced only by `force`.

    Raises:
        ConfigExists: something is at `path`.
        OSError: the disk or its permissions forbid it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w",
        dir=path.parent,
        prefix=".",
        suffix=".tmp",
        delete=False,
        encoding="utf-8",
        newline="\n",
    ) as file:
        file.write(text)
    try:
        Path(file.name).chmod(0o644)
        if force:
            os.replace(file.name, path)  # noqa: PTH105 -- the pair of os.link below
        else:
            os.link(file.name, path)  # fails where something is, unlike a rename
    except FileExistsError:
        raise ConfigExists(path) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(file.name)  # noqa: PTH108 -- the pair of os.link above
