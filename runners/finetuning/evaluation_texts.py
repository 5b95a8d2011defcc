"""The texts that a task of mteb evaluates on: of its evaluation splits alone, subset by subset."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from runners.failures import Failure, Kind, classified
from runners.progress import Progress
from runners.task_selection import SelectedTask

_ROWS_AT_ONCE = 1000


def texts_of_tasks(
    tasks: Sequence[SelectedTask], progress: Progress
) -> Iterator[tuple[str, Iterable[str]]]:
    """Each task with its texts; its data are in memory while they are read.

    A task without its data ends the comparison. Its evaluation may have them again, minutes later, and would then score
    rows that nobody held against the training data.

    Raises:
        Failure: the data of a task cannot be had.
    """
    for number, selected in enumerate(tasks, start=1):
        progress.phase(f"[{number}/{len(tasks)}] {selected.name}: are training rows evaluated?")
        yield selected.name, _loaded_texts(selected)


def _loaded_texts(selected: SelectedTask) -> Iterator[str]:
    if selected.failure:
        raise _not_compared(selected, selected.failure) from selected.failure
    parts = _parts(selected.task)
    try:
        for part in parts:
            part.load_data()
        yield from chain.from_iterable(map(evaluation_texts, parts))
    except Exception as error:
        raise _not_compared(selected, error) from error
    finally:
        for part in parts:
            if part.data_loaded:
                part.unload_data()


def _not_compared(selected: SelectedTask, error: Exception) -> Failure:
    fault: Kind = "submission" if selected.custom else "infrastructure"
    known = classified(error, fault, f"reading the data of {selected.name}")
    return Failure(
        known.kind,
        f"{selected.name} cannot be held against the training data, so nothing is trained: {known.message}",
        f"{known.advice}; or evaluate other tasks than {selected.name}",
    )


def evaluation_texts(task: Any) -> Iterator[str]:
    """Texts of the wanted splits and subsets of a task whose data are loaded.

    Of retrieval the queries only: documents are there for everybody to search in, and training on passages of the same
    collection is the ordinary case; a query is what a model must not have seen.
    """
    if hasattr(task, "convert_v1_dataset_format_to_v2"):
        task.convert_v1_dataset_format_to_v2(num_proc=None)
    for split in task.eval_splits:
        for data in _subsets(task, split):
            if isinstance(data, dict):
                yield from _column(data["queries"], "text")
                continue
            for column in task._get_content_columns():  # noqa: SLF001 - what mteb's own comparison of data goes by
                yield from _column(data, column)


def _subsets(task: Any, split: str) -> Iterator[Any]:
    """The data of each subset, once."""
    if getattr(task, "parallel_subsets", False):
        yield task.dataset[split]
        return
    for subset in task.hf_subsets:
        whole = subset not in task.dataset and subset == "default"
        splits = task.dataset if whole else task.dataset[subset]
        if split in splits:
            yield splits[split]


def _column(data: Any, column: str) -> Iterator[str]:
    """The texts of a column, those in lists as well."""
    if column not in data.column_names:
        return
    for batch in data.select_columns([column]).iter(_ROWS_AT_ONCE):
        yield from _texts(batch[column])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):  # a turn of a dialogue
        yield from _texts(value.get("content"))


def _parts(task: Any) -> list[Any]:
    """An aggregate has no data of its own."""
    if not task.is_aggregate:
        return [task]
    return [part for each in task.metadata.tasks for part in _parts(each)]
