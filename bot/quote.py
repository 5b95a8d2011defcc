"""What a submission asks for, before it is run: tasks counted, time and cost estimated."""

from dataclasses import dataclass

from bot.planning.estimate import ASSUMED_PARAMETERS
from schemas.mteb_index import MtebIndex
from schemas.plan import Plan
from schemas.settings import QuoteSettings

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
    the estimate had to assume, None where the Hub told it. `trains` counts the models that are trained in that time.
    """

    tasks: int
    subsets: int
    custom_tasks: int
    seconds: float | None = None
    machines: int = 1
    limit: float | None = None
    cost: Cost | None = None
    assumed: int | None = None
    trains: int = 0


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
        trains=plan.trains,
    )
