"""Artifacts that lie in a folder, as NAME.zip: for a run outside of GitHub."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from schemas.errors import CommandError
from schemas.problem import shown


class CannotReadArtifact(CommandError):
    """A file of the folder cannot be read."""


@dataclass(frozen=True)
class LocalArtifacts:
    """A folder of artifacts."""

    folder: Path

    def open(self, name: str) -> BinaryIO | None:
        """An artifact's zip, None where there is no file of this name.

        Raises:
            CannotReadArtifact: it cannot be read.
        """
        path = self.folder / f"{name}.zip"
        try:
            return path.open("rb")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CannotReadArtifact(
                f"{shown(str(path), 300)}: {error.strerror}", "give files that may be read"
            ) from error
