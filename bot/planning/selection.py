"""Which tasks a config comes to, named as the runner's own selection names them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.planning.request import Request
from schemas.errors import UsageError
from schemas.mteb_index import IndexedTask, MtebIndex, any_wanted
from schemas.problem import nearest, shown
from schemas.submission import TaskRequest

_MOST_LISTED = 10


class Evaluated(Protocol):
    """What of a model config says what to evaluate."""

    @property
    def benchmarks(self) -> tuple[str, ...]:
        """Names of benchmarks."""
        ...

    @property
    def tasks(self) -> tuple[TaskRequest, ...]:
        """Tasks besides."""
        ...

    @property
    def task_languages(self) -> tuple[str, ...]:
        """Languages to keep, all where there are none."""
        ...


class AsksForAnotherTask(UsageError):
    """A request names a task that the config does not ask for."""


@dataclass(frozen=True)
class ChosenPart:
    """A task of mteb with a data set of its own, and the splits and subsets of it that run."""

    task: IndexedTask
    splits: tuple[str, ...]
    subsets: tuple[str, ...]


@dataclass(frozen=True)
class ChosenTask:
    """One task of an evaluation. `parts`: itself, those of an aggregate, or nothing for a custom task."""

    name: str
    parts: tuple[ChosenPart, ...] = ()

    @property
    def custom(self) -> bool:
        """Whether it is described by a file of the submission."""
        return not self.parts

    @property
    def subsets(self) -> int:
        """How many subsets run, those of all parts together."""
        return sum(len(part.subsets) for part in self.parts) or 1


def chosen_tasks(
    config: Evaluated, index: MtebIndex, custom_names: Mapping[Path, str]
) -> tuple[ChosenTask, ...]:
    """All tasks of a config, each once: what stands later replaces the same task of a benchmark.

    `custom_names` maps a custom task file to the name it gives its task.
    """
    chosen: dict[str, ChosenTask] = {}
    for name in config.benchmarks:
        benchmark = index.benchmark(name)
        for taken in benchmark.tasks if benchmark else ():
            wanted = _wanted(taken.splits, taken.subsets, config.task_languages)
            _put(chosen, _of_mteb(index, taken.task, wanted))
    for request in config.tasks:
        if request.file:
            _put(chosen, ChosenTask(custom_names[request.file]))
        else:
            wanted = _wanted(request.splits, request.subsets, config.task_languages)
            _put(chosen, _of_mteb(index, request.name, wanted))
    return tuple(chosen.values())


def only_requested(tasks: Collection[ChosenTask], request: Request) -> tuple[ChosenTask, ...]:
    """Those that the request names, all where it names none; in the order of the config.

    Raises:
        AsksForAnotherTask: one is not among `tasks`.
    """
    names = [task.name for task in tasks]
    if unknown := next((name for name in request.tasks if name not in names), None):
        guess = nearest(unknown, names)
        more = f" and {len(names) - _MOST_LISTED:,} more" if len(names) > _MOST_LISTED else ""
        fix = (
            f"did you mean `{guess}`?"
            if guess
            else f"it asks for {', '.join(names[:_MOST_LISTED])}{more}"
        )
        raise AsksForAnotherTask(f"the config does not ask for a task `{shown(unknown)}`", fix)
    return tuple(task for task in tasks if not request.tasks or task.name in request.tasks)


@dataclass(frozen=True)
class _Wanted:
    """Splits, subsets and languages to keep; empty: all."""

    splits: frozenset[str]
    subsets: frozenset[str]
    languages: frozenset[str]

    def of(self, task: IndexedTask) -> ChosenPart:
        return ChosenPart(
            task,
            tuple(split for split in task.splits if not self.splits or split in self.splits),
            tuple(
                subset
                for subset, spoken in task.subsets.items()
                if (not self.subsets or subset in self.subsets)
                and any_wanted(spoken, self.languages)
            ),
        )


def _wanted(splits: Iterable[str], subsets: Iterable[str], languages: Iterable[str]) -> _Wanted:
    return _Wanted(frozenset(splits), frozenset(subsets), frozenset(languages))


def _put(chosen: dict[str, ChosenTask], task: ChosenTask | None) -> None:
    if task is not None:
        chosen[task.name] = task


def _of_mteb(index: MtebIndex, name: str, wanted: _Wanted) -> ChosenTask | None:
    """A task of mteb narrowed to what is wanted; None where nothing is left of it."""
    task = index.task(name)
    if task is None:
        return None
    kept = wanted.of(task)
    if not kept.subsets:
        return None
    if not task.is_aggregate:
        return ChosenTask(name, (kept,))
    inside = _wanted((), (), wanted.languages)
    parts = [inside.of(part) for part in map(index.task, task.parts) if part]
    return ChosenTask(name, tuple(part for part in parts if part.subsets))
