"""Two bots at the same work at the same time, with answers that take their time: who wins must not show."""

import random
import time
from collections.abc import Iterator, Sequence

from tests.faults.points import Bench
from tests.faults.scenarios import Scenario
from tests.standins.server import Exchange

_RACED = ("first report, evaluated", "first publish", "publish of new scores", "first submit")
_SLOWEST = 0.15  # seconds that an answer takes at most


def races(
    bench: Bench, scenarios: Sequence[Scenario], rounds: int, seed: int
) -> Iterator[tuple[str, str]]:
    """Each race, and what was not as after a single bot; empty: nothing."""
    chance = random.Random(seed)  # noqa: S311 -- no secret

    def dawdle(_: Exchange) -> None:
        time.sleep(chance.random() * _SLOWEST)

    for scenario in scenarios:
        if scenario.name in _RACED:
            for number in range(1, rounds + 1):
                complaint = bench.complaint_of_two(scenario, dawdle)
                yield f"{scenario.name}, race {number} of seed {seed}", complaint
