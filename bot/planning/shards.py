"""Split tasks over machines so that the last one ends early: longest processing time first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.plan import Shard

USEFUL = 600.0  # seconds of tasks below which a machine of its own is not worth its set-up


@dataclass
class _Load:
    """What one machine gets."""

    tasks: set[str] = field(default_factory=set)
    seconds: float = 0.0


def split(seconds: Mapping[str, float], most: int, each: float = 0.0) -> tuple[Shard, ...]:
    """Shards of tasks (name -> estimated seconds; at least one) for `most` machines at most, the longest first.

    Of the numbers of machines that leave each at least USEFUL seconds of tasks, the smallest that ends first.
    `each` is what every machine needs besides. Within a shard tasks keep their order.
    """
    ways = [_spread(seconds, machines) for machines in range(1, min(most, len(seconds)) + 1)]
    worth = [loads for loads in ways if len(loads) == 1 or loads[-1].seconds >= USEFUL]
    best = min(worth, key=lambda loads: (loads[0].seconds, len(loads)))
    return tuple(
        Shard(
            number,
            tuple(name for name in seconds if name in load.tasks),
            round(load.seconds + each, 1),
        )
        for number, load in enumerate(best, start=1)
    )


def _spread(seconds: Mapping[str, float], machines: int) -> list[_Load]:
    """Each task, the longest first, to the machine that has least to do; the machine with most first."""
    loads = [_Load() for _ in range(machines)]
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        freest = min(loads, key=lambda load: load.seconds)
        freest.tasks.add(name)
        freest.seconds += seconds[name]
    return sorted(loads, key=lambda load: -load.seconds)
