"""Rows on disk, a line of JSON each; in memory only where each begins, its group, and a hash of it: 28 bytes a row."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Read = Callable[[int], bytes]


@dataclass(frozen=True)
class RowStore:
    """Rows in the order of their hashes, so that nothing drawn by number depends on how they were read.

    Attributes:
        begins: byte at which a row's line begins, (rows,).
        lengths: bytes of the line, without its end, (rows,).
        groups: number of the row's label, or of the file it came from, (rows,).
        hashes: the first 8 bytes of BLAKE2b over the line: equal for equal texts, (rows,).
    """

    file: Path
    begins: Numbers
    lengths: Numbers
    groups: Numbers
    hashes: Hashes

    def __len__(self) -> int:
        return len(self.begins)

    @contextmanager
    def reading(self) -> Iterator[Read]:
        """A function that gives the line of a row."""
        with self.file.open("rb", buffering=0) as stream:

            def read(row: int) -> bytes:
                stream.seek(int(self.begins[row]))
                return stream.read(int(self.lengths[row]))

            yield read

    def sha256(self, rows: Iterable[int], groups: Sequence[str]) -> str:
        """SHA-256 over `rows` with the names of their groups, in hexadecimal digits."""
        digest = sha256()
        with self.reading() as read:
            for row in rows:
                digest.update(read(row) + b"\t" + groups[self.groups[row]].encode() + b"\n")
        return digest.hexdigest()


class RowStoreWriter:
    """Writes rows as they come; `finish` gives them back in order."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._stream = file.open("wb")
        self._lengths, self._groups, self._hashes = array("q"), array("q"), array("Q")

    def add(self, line: bytes, group: int) -> None:
        """Write one row; `line` holds no line end."""
        self._stream.write(line + b"\n")
        self._lengths.append(len(line))
        self._groups.append(group)
        self._hashes.append(int.from_bytes(blake2b(line, digest_size=8).digest()))

    def finish(self, numbers: Sequence[int] | None = None) -> RowStore:
        """The rows; `numbers` replaces each group by another number."""
        self._stream.close()
        lengths = np.frombuffer(self._lengths, np.int64)
        groups = np.frombuffer(self._groups, np.int64)
        hashes = np.frombuffer(self._hashes, np.uint64)
        if numbers is not None:
            groups = np.asarray(numbers, np.int64)[groups]
        begins = np.cumsum(lengths + 1) - (lengths + 1)
        order = np.lexsort((groups, hashes))
        return RowStore(self._file, begins[order], lengths[order], groups[order], hashes[order])
