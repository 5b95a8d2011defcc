"""The points that one process tries."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Queue

from tests.kills.points import Point
from tests.kills.trying import Bench, Result

Said = tuple[Point, Result, float]  # the last: seconds that it took


def try_all(points: Sequence[Point], said: "Queue[Said]") -> None:
    """One after the other; each is said when it has ended."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        bench = Bench(Path(folder))
        for point in points:
            began = time.monotonic()
            try:
                result = bench.try_point(point)
            except AssertionError as error:  # it did not settle, or a request was no real one
                result = Result(f"it went wrong: {error}", "?")
            said.put((point, result, time.monotonic() - began))
