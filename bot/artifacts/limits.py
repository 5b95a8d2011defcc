"""How much an artifact may hold: more than any evaluation leaves, less than what does harm."""

from dataclasses import dataclass

from bot.report import MAX_BYTES

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes. The largest task of mteb leaves a report of 25 MB; its whole text index, 1,600 files.

    `archive` is of the download: the plan's holds the submission's own data too, which are not read here.
    `ratio` is how many times its compressed size an entry of more than 1 MiB may have: JSON reaches 40,
    zeros 1,000. `structure` counts what opens a list or an object, and commas: objects in memory.
    """

    artifacts: int = 200
    archive: int = 256 * _MIB
    entries: int = 4000
    entry: int = MAX_BYTES
    unpacked: int = 192 * _MIB
    ratio: int = 200
    structure: int = 8_000_000
    text: int = 20_000
    name: int = 500
