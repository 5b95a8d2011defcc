"""What a submission asks for, before it is run: tasks counted, time and cost estimated."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.planning.estimate import ASSUMED_PARAMETERS
from schemas.mteb_index import IndexedTask, MtebIndex, any_wanted
from schemas.plan import Plan
from schemas.settings import QuoteSettings
from schemas.submission import ModelConfig

_HOUR = 3600


@dataclass(frozen=True)
class Cost:
    """An amount of money."""

    amount: float
    currency: str


@dataclass(frozen=True)
class Quote:
    """Tasks and their subsets, custom ones among them, and an estimate.

    `seconds` pass until the last of `machines` is done, None where that is not estimated; `limit` is
    what each may run at most. `cost` is that of all machines together. `assumed` is the number of parameters that
    the estimate had to assume, None where the Hub told it.
    """

    tasks: int
    subsets: int
    custom_tasks: int
    seconds: float | None = None
    machines: int = 1
    limit: float | None = None
    cost: Cost | None = None
    assumed: int | None = None


def quote_of(plan: Plan, index: MtebIndex, prices: QuoteSettings) -> Quote:
    """What a plan comes to."""
    price = prices.price_per_hour
    return Quote(
        tasks=len(plan.tasks),
        subsets=sum(task.subsets for task in plan.tasks),
        custom_tasks=sum(task.name not in index.task_names for task in plan.tasks),
        seconds=max(shard.seconds for shard in plan.shards),
        machines=len(plan.shards),
        limit=plan.limits.seconds,
        cost=None if price is None else Cost(plan.seconds / _HOUR * price, prices.currency),
        assumed=ASSUMED_PARAMETERS if plan.parameters is None else None,
    )


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
