"""Training rows that stand in what is evaluated, found whatever their case, punctuation, spacing and width."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from runners.finetuning.normalised import normalised
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

Rows = Callable[[], Iterable[Sequence[str]]]
Some = TypeVar("Some")


@dataclass(frozen=True)
class Contamination:
    """How many of `total` training rows stand in an evaluation split.

    Attributes:
        of_tasks: the count of each task in whose split there are any.
        checked: names of all tasks whose texts were compared.
        examples: beginnings of texts that match, one of a row.
        found: which rows they are, (total,).
    """

    total: int
    rows: int
    of_tasks: tuple[tuple[str, int], ...]
    checked: tuple[str, ...]
    examples: tuple[str, ...]
    found: npt.NDArray[np.bool_] = field(repr=False, compare=False)


class ContaminatedTrainingData(UnusableTrainingData):
    """Training rows are evaluated as well, so the score would be of memory: those that were `found`."""

    def __init__(self, found: Contamination) -> None:
        self.found = found
        tasks = ", ".join(name for name, _ in found.of_tasks)
        if len(found.of_tasks) > 1:
            tasks = ", ".join(f"{name} ({count})" for name, count in found.of_tasks)
        told = ", ".join(f"“{shown(text, _LONGEST_IN_MESSAGE)}”" for text in found.examples[:_IN_MESSAGE])  # fmt: skip
        verb = "stands" if found.rows == 1 else "stand"
        super().__init__(
            f"{found.rows} of {found.total} training rows {verb} in the evaluation split of "
            f"{shown(tasks, 300)}: {told}",
            "write `evaluated_rows: leave-out` in `finetune`, or remove these rows from the training data; "
            "whoever runs it by hand can train on them with `--allow-contamination`, and every output says so",
        )


def contamination(
    rows: Rows, tasks: Iterable[tuple[str, Iterable[str]]], progress: Progress
) -> Contamination:
    """Compare training rows with the texts of tasks, by 8 bytes of BLAKE2b over what is left of a text.

    Memory: 25 bytes a training text, whatever is evaluated.

    Args:
        rows: gives the texts of each row; called again for the examples.
        tasks: names, each with the texts of its evaluation splits.
        progress: where it is told.
    """
    hashes, owners, total = _hashes_of(rows(), progress)
    order = np.argsort(hashes, kind="stable")
    hashes = hashes[order]
    matched, of_tasks, checked = np.zeros(len(hashes), np.bool_), list[tuple[str, int]](), list[str]()  # fmt: skip
    for name, texts in tasks:
        here = order[_among(hashes, texts)]
        matched[here] = True
        checked.append(name)
        if len(here):
            of_tasks.append((name, len(np.unique(owners[here]))))
    found = np.zeros(total, np.bool_)
    found[owners[matched]] = True
    return Contamination(
        total=total,
        rows=int(found.sum()),
        of_tasks=tuple(of_tasks),
        checked=tuple(checked),
        examples=_examples(rows(), owners, matched),
        found=found,
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


def _examples(
    rows: Iterable[Sequence[str]], owners: npt.NDArray[np.int64], matched: npt.NDArray[np.bool_]
) -> tuple[str, ...]:
    """Of the first rows with a text that matched, that text."""
    places = np.flatnonzero(matched)
    _, first = np.unique(owners[places], return_index=True)
    wanted = set(places[first[:_EXAMPLES]].tolist())
    texts = enumerate(chain.from_iterable(rows))
    found = islice((text for place, text in texts if place in wanted), len(wanted))
    return tuple(shown(text, _LONGEST_EXAMPLE) for text in found)


def _batches(items: Iterable[Some], size: int) -> Iterator[list[Some]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
