"""What a submission asks for, before it is run: counted, not estimated."""

from collections.abc import Collection
from dataclasses import dataclass

from schemas.mteb_index import IndexedTask, MtebIndex, any_wanted
from schemas.submission import ModelConfig


@dataclass(frozen=True)
class Quote:
    """Tasks and their subsets, custom ones among them. `seconds` is None until a plan has estimated it."""

    tasks: int
    subsets: int
    custom_tasks: int
    seconds: float | None = None


def quote_for(config: ModelConfig, index: MtebIndex) -> Quote:
    """Count as the runner selects: what stands later replaces the same task of a benchmark."""
    languages = config.task_languages
    subsets: dict[str, int] = {}
    for name in config.benchmarks:
        benchmark = index.benchmark(name)
        for selection in benchmark.tasks if benchmark else ():
            if count := _subsets(index, selection.task, selection.subsets, languages):
                subsets[selection.task] = count
    for request in config.tasks:
        if not request.file and (
            count := _subsets(index, request.name, request.subsets, languages)
        ):
            subsets[request.name] = count
    custom = len({request.file for request in config.tasks if request.file})
    return Quote(len(subsets) + custom, sum(subsets.values()) + custom, custom)


def _subsets(
    index: MtebIndex, name: str, wanted: Collection[str], languages: Collection[str]
) -> int:
    """How many subsets of a task run; `wanted` empty: all. An aggregate runs those of its parts."""
    task = index.task(name)
    if task is None:
        return 0
    kept = _kept(task, wanted, languages)
    if not task.is_aggregate or not kept:
        return kept
    parts = (index.task(part) for part in task.parts)
    return sum(_kept(part, (), languages) for part in parts if part)


def _kept(task: IndexedTask, wanted: Collection[str], languages: Collection[str]) -> int:
    return sum(
        (not wanted or subset in wanted) and any_wanted(spoken, languages)
        for subset, spoken in task.subsets.items()
    )
