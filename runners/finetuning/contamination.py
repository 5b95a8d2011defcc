"""Training rows that stand in what is evaluated, found whatever their case, punctuation, spacing and width."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.row_store import Hashes
from runners.progress import Progress
from schemas.problem import shown

_EXAMPLES = 5
_LONGEST_EXAMPLE = 300
_IN_MESSAGE = 2
_LONGEST_IN_MESSAGE = 80
_AT_ONCE = 10_000
_TOLD_EVERY = 1000
_REST = re.compile(r"[\W_]+")

Rows = Callable[[], Iterable[Sequence[str]]]
Some = TypeVar("Some")


@dataclass(frozen=True)
class Contamination:
    """How many of `total` training rows stand in an evaluation split.

    Attributes:
        of_tasks: the count of each task in whose split there are any.
        checked: names of all tasks whose texts were compared.
        examples: beginnings of such rows.
        found: which rows they are, (total,).
    """

    total: int
    rows: int
    of_tasks: tuple[tuple[str, int], ...]
    checked: tuple[str, ...]
    examples: tuple[str, ...]
    found: npt.NDArray[np.bool_] = field(repr=False, compare=False)


class ContaminatedTrainingData(UnusableTrainingData):
    """Training rows are evaluated as well, so the score would be of memory."""

    def __init__(self, found: Contamination) -> None:
        tasks = ", ".join(name for name, _ in found.of_tasks)
        if len(found.of_tasks) > 1:
            tasks = ", ".join(f"{name} ({count})" for name, count in found.of_tasks)
        told = ", ".join(f"“{shown(text, _LONGEST_IN_MESSAGE)}”" for text in found.examples[:_IN_MESSAGE])  # fmt: skip
        verb = "stands" if found.rows == 1 else "stand"
        super().__init__(
            f"{found.rows} of {found.total} training rows {verb} in the evaluation split of "
            f"{shown(tasks, 300)}: {told}",
            "remove these rows from the training data; with `--allow-contamination` training goes on, "
            "and every output says so",
        )


def normalised(text: str) -> str:
    """Letters, digits and the marks on them, folded: NFKC, then case. A text without any keeps what it has."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if folded.isascii():
        return _REST.sub("", folded) or "".join(folded.split())
    return _REST.sub(_marks, folded) or "".join(folded.split())


def contamination(
    rows: Rows, tasks: Iterable[tuple[str, Iterable[str]]], progress: Progress
) -> Contamination:
    """Compare training rows with the texts of tasks, by 8 bytes of BLAKE2b over what is left of a text.

    Memory: 16 bytes a training text, whatever is evaluated.

    Args:
        rows: gives the texts of each row; called again for the examples.
        tasks: names, each with the texts of its evaluation splits.
        progress: where it is told.
    """
    hashes, owners, total = _hashes_of(rows(), progress)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    found, of_tasks, checked = np.zeros(total, np.bool_), list[tuple[str, int]](), list[str]()
    for name, texts in tasks:
        here = np.zeros(total, np.bool_)
        here[owners[_among(hashes, texts)]] = True
        checked.append(name)
        if here.any():
            of_tasks.append((name, int(here.sum())))
        found |= here
    return Contamination(
        total, int(found.sum()), tuple(of_tasks), tuple(checked), _examples(rows(), found), found
    )


def _hashes_of(
    rows: Iterable[Sequence[str]], progress: Progress
) -> tuple[Hashes, npt.NDArray[np.int64], int]:
    """The hash of each text, the row that it belongs to, and how many rows there are."""
    progress.phase("hashing training texts", unit="rows")
    hashes, owners, total = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
    for some in _batches(rows, _TOLD_EVERY):
        counts = [len(texts) for texts in some]
        hashes.append(_hashed(chain.from_iterable(some)))
        owners.append(np.repeat(np.arange(total, total + len(some)), counts))
        total += len(some)
        progress.counted(total)
    return np.concatenate(hashes), np.concatenate(owners), total


def _among(hashes: Hashes, texts: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which of `hashes`, sorted, are those of `texts`."""
    found = np.zeros(len(hashes), np.bool_)
    for some in _batches(texts, _AT_ONCE):
        theirs = np.unique(_hashed(some))
        begins, ends = np.searchsorted(hashes, theirs), np.searchsorted(hashes, theirs, "right")
        for begin, end in zip(begins[begins < ends], ends[begins < ends], strict=True):
            found[begin:end] = True
    return found


def _hashed(texts: Iterable[str]) -> Hashes:
    digests = (
        blake2b(normalised(text).encode(errors="surrogatepass"), digest_size=8).digest()
        for text in texts
    )
    return np.frombuffer(b"".join(digests), np.uint64)


def _examples(rows: Iterable[Sequence[str]], found: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    wanted = set(np.flatnonzero(found)[:_EXAMPLES].tolist())
    chosen: list[str] = []
    for number, texts in enumerate(rows):
        if len(chosen) == len(wanted):
            break
        if number in wanted:
            chosen.append(shown(texts[0], _LONGEST_EXAMPLE))
    return tuple(chosen)


def _batches(items: Iterable[Some], size: int) -> Iterator[list[Some]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def _marks(rest: re.Match[str]) -> str:
    """Signs that belong to a letter, as vowels do in Indian scripts, are no punctuation."""
    return "".join(c for c in rest[0] if unicodedata.category(c).startswith("M"))
