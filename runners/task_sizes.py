"""How much text evaluating a task encodes, by the descriptive statistics that mteb ships with it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_SAMPLE = 2048  # texts to which clustering tasks cut their data


class Size(NamedTuple):
    """Texts that are encoded, and their characters."""

    texts: float
    characters: float


def encoded_size(task: Any) -> Size | None:
    """What one run of all splits and subsets of a task of mteb encodes; None where mteb does not say."""
    statistics = None if task.is_aggregate else task.metadata.descriptive_stats
    if not statistics:
        return None
    sizes = []
    for split in task.metadata.eval_splits:
        columns = list(_columns(statistics.get(split) or {}, once=_is_encoded_once(task)))
        if not columns:
            return None
        size = _total(columns)
        sizes += [_sampled(task, size), _training(task, statistics, split, size)]
    return _total(sizes)


def _columns(statistics: Mapping[str, Any], *, once: bool) -> Iterator[Size]:
    """Every column of text of a split; `once`: a text that stands there more often counts as one."""
    for column in statistics.values():
        if isinstance(column, dict) and "total_text_length" in column:
            characters, average = column["total_text_length"], column["average_text_length"]
            texts = characters / average if average else 0
            kept = min(1, column["unique_texts"] / texts) if once and texts else 1
            yield Size(texts * kept, characters * kept)


def _is_encoded_once(task: Any) -> bool:
    """Whether mteb encodes a text that stands in many pairs once only."""
    return task.metadata.type == "PairClassification" or getattr(task, "parallel_subsets", False)


def _sampled(task: Any, size: Size) -> Size:
    """Clustering takes a sample of a split: so many texts of each subset, or a fraction of them.

    Some tasks cut their data to that size when they load it, and only then drop the fraction that their class names.
    """
    fraction = getattr(task, "max_fraction_of_documents_to_embed", None)
    most = getattr(task, "max_document_to_embed", None)
    if not size.texts or (fraction is None and most is None):
        return size
    sample = (most or _SAMPLE) * len(task.hf_subsets) / size.texts
    return _share(size, max(sample, fraction or 0))


def _training(task: Any, statistics: Mapping[str, Any], split: str, evaluated: Size) -> Size:
    """Classification encodes some texts of each label in every experiment."""
    name = getattr(task, "train_split", None)
    samples = getattr(task, "samples_per_label", None)
    if name is None or not samples:
        return Size(0, 0)
    training = statistics.get(name) or {}
    size = _total(_columns(training, once=False)) if training else evaluated
    labels = (statistics[split].get("label_statistics") or {}).get("unique_labels") or 2
    wanted = samples * labels * (task.n_experiments or 1) * len(task.hf_subsets)
    return _share(size, wanted / size.texts) if size.texts else size


def _share(size: Size, fraction: float) -> Size:
    return Size(*(amount * min(1, fraction) for amount in size))


def _total(sizes: Any) -> Size:
    every = list(sizes)
    return Size(sum(size.texts for size in every), sum(size.characters for size in every))
