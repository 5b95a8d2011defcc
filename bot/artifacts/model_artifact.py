"""The tuned model that a run left, as an artifact beside its results: read only where it is to be published."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.artifacts.archive import Archive, Names, open_archive
from bot.artifacts.limits import Limits
from bot.tuned_weights.names import LARGEST_WEIGHTS, MODEL_FILE, MOST_FILES

ARTIFACT = "model-1"  # training is one shard's work
_ROOM = 2**20  # bytes of a zip beside its files
LIMITS = Limits(
    archive=LARGEST_WEIGHTS,
    entries=MOST_FILES,
    entry=LARGEST_WEIGHTS - _ROOM,
    unpacked=LARGEST_WEIGHTS - _ROOM,
)


@dataclass(frozen=True)
class ModelArtifact:
    """An archive in which every entry is a plain file of a name that a tuned model may have."""

    archive: Archive

    def unpack(self, folder: Path) -> None:
        """Write its files below `folder`, which must not be there.

        Raises:
            RefusedArtifact: an entry is damaged.
            OSError: it cannot be written.
        """
        for name in self.archive.names:
            path = folder / name  # a name of the list above: it leads nowhere else
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                self.archive.copy(name, stream)


def open_model(stream: BinaryIO) -> ModelArtifact:
    """The artifact in `stream`, which stays open.

    Raises:
        RefusedArtifact: a rule is broken.
    """
    return ModelArtifact(open_archive(stream, ARTIFACT, Names(MODEL_FILE), LIMITS))
