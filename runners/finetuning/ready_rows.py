"""Rows that are FlagEmbedding's own already: each line checked, since its training fails late and in other words."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runners.finetuning.labelled import drawn
from runners.finetuning.refusals import RowProblems, UnusableTrainingData
from runners.finetuning.row_store import Numbers, RowStore, RowStoreWriter
from runners.finetuning.tables import Row, Table
from runners.progress import Progress
from schemas.finetuning import TrainingSource
from schemas.problem import shown

# `normal` is FlagEmbedding's own word for retrieval; its code takes any other word for the same
TYPES = (
    "normal",
    "retrieval",
    "only_1neg",
    "symmetric_sts",
    "symmetric_clustering",
    "symmetric_class",
)
OF_CLASSES = ("symmetric_clustering", "symmetric_class")  # another query's passage may be alike
_PROMPTED = (
    "symmetric_sts",
    "symmetric_clustering",
)  # FlagEmbedding puts the prompt before passages as well
_PLAIN_TYPE = "normal"
_TOLD_EVERY = 1000  # rows
_FIX = "a row is {“query”: text, “pos”: [texts], “neg”: [texts]}, perhaps with `pos_scores`, `neg_scores`, `prompt`, `type`"


@dataclass(frozen=True)
class ReadyTable:
    """What all rows of one file have in common: FlagEmbedding refuses a batch of two types."""

    name: str
    type: str
    scores: bool


@dataclass(frozen=True)
class ReadyData:
    """Ready-made rows of one data set; a row's group is the number of its table, its line the row as JSON."""

    source: TrainingSource
    rows: RowStore
    tables: tuple[ReadyTable, ...]
    chosen: Numbers

    @property
    def total(self) -> int:
        """How many rows the data set has."""
        return len(self.rows)

    def sha256(self, rows: Numbers) -> str:
        """SHA-256 over `rows`."""
        return self.rows.sha256(rows.tolist(), [table.type for table in self.tables])

    def texts(self) -> Iterator[tuple[str, ...]]:
        """All that each chosen row teaches with, as it is written and as it is encoded."""
        with self.rows.reading() as read:
            for row in self.chosen.tolist():
                yield tuple(_taught(json.loads(read(row)), self.tables[self.rows.groups[row]].type))


def _taught(row: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Negatives count, since those of a class say which one a text is not in; so do two halves, prompt and text."""
    passages = [text for text in (*row["pos"], *row["neg"]) if text.strip()]
    yield from (row["query"], *passages)
    if prompt := row.get("prompt"):
        yield from (prompt + text for text in (row["query"], *passages * (kind in _PROMPTED)))


def read_ready(
    source: TrainingSource, tables: Sequence[Table], file: Path, seed: int, progress: Progress
) -> ReadyData:
    """Check all rows, keep them in `file`, and draw as many as the source asks for.

    Raises:
        UnusableTrainingData: rows that FlagEmbedding cannot train on.
        Failure: a table cannot be read.
    """
    writer, problems, kinds, done = RowStoreWriter(file), RowProblems(), list[ReadyTable](), 0
    progress.phase(f"reading {source.name}", unit="rows")
    for table in tables:
        kind: ReadyTable | None = None
        for row in table.read(None):
            done += 1
            if done % _TOLD_EVERY == 0:
                progress.counted(done)
            try:
                kept = _checked(row)
                its = ReadyTable(table.name, _type(row, source), "pos_scores" in kept)
                kind = kind or its
                _check_alike(its, kind)
                line = json.dumps(kept, ensure_ascii=False).encode()
            except UnicodeEncodeError:
                problems.add(table.place(row), "half a character")
            except ValueError as wrong:
                problems.add(table.place(row), str(wrong))
            else:
                writer.add(line, len(kinds))
        if kind is not None:
            _check_batch_negatives(kind, source)
            kinds.append(kind)
    problems.refuse(_FIX)
    rows = writer.finish()
    if not len(rows):
        raise UnusableTrainingData(f"{source.name} has no rows", "choose another data set")
    data = ReadyData(source, rows, tuple(kinds), drawn(len(rows), source.rows, seed))
    types = ", ".join(sorted({kind.type for kind in kinds}))
    progress.say(f"{source.name}: {len(data.chosen):,} of {data.total:,} rows ({types})")
    return data


def _checked(row: Row) -> dict[str, Any]:
    """The columns that FlagEmbedding reads.

    Raises:
        ValueError: what is wrong.
    """
    if row.problem:
        raise ValueError(row.problem)
    values = row.values
    query = values.get("query")
    if not isinstance(query, str) or not query.strip():
        raise ValueError("`query` must be a text")
    kept: dict[str, Any] = {
        "query": query,
        "pos": _texts(values, "pos"),
        "neg": _texts(values, "neg"),
    }
    if not all(map(str.strip, kept["pos"])):
        raise ValueError("`pos` holds an empty text")
    prompt = values.get("prompt")
    if not (prompt is None or isinstance(prompt, str)):
        raise ValueError("`prompt` must be a text")
    scores = {name: _scores(values, name, len(kept[name])) for name in ("pos", "neg")}
    if (scores["pos"] is None) != (scores["neg"] is None):
        raise ValueError("only one of `pos_scores` and `neg_scores` is there")
    if scores["pos"] is not None:
        kept |= {"pos_scores": scores["pos"], "neg_scores": scores["neg"]}
    return kept if prompt is None else kept | {"prompt": prompt}


def _texts(values: Any, name: str) -> list[str]:
    texts = values.get(name)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"`{name}` must be a list of texts, at least one")
    return texts


def _scores(values: Any, name: str, count: int) -> list[float] | None:
    scores = values.get(f"{name}_scores")
    if scores is None:
        return None
    numbers = isinstance(scores, list) and all(
        type(score) in (int, float) and math.isfinite(score) for score in scores
    )
    if not numbers or len(scores) != count:
        raise ValueError(f"`{name}_scores` must be a list of {count} numbers, one for each text of `{name}`")  # fmt: skip
    return [float(score) for score in scores]


def _type(row: Row, source: TrainingSource) -> str:
    said = row.values.get("type")
    kind = said if said is not None else source.type or _PLAIN_TYPE
    if kind not in TYPES:
        raise ValueError(f"`type` is {shown(kind)}; FlagEmbedding's are {', '.join(TYPES)}")
    return str(kind)


def _check_alike(row: ReadyTable, first: ReadyTable) -> None:
    if row.type != first.type:
        raise ValueError(f"type {row.type} among rows of type {first.type}; a file has one type")
    if row.scores != first.scores:
        raise ValueError("some rows of the file have scores and some have none")


def _check_batch_negatives(kind: ReadyTable, source: TrainingSource) -> None:
    if source.in_batch_negatives and kind.type in OF_CLASSES:
        raise UnusableTrainingData(
            f"{kind.name} holds rows of type {kind.type}, for which `in_batch_negatives: true` is wrong: "
            "another query's passage may be of the same class",
            "leave `in_batch_negatives` out",
        )
