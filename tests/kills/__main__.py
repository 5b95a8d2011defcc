"""`python -m tests.kills [NAME…]`: take machines away at every point, then `/retry`; the last line is `N passed, M failed`."""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import Manager, get_context
from queue import Empty, Queue

from tests.kills.points import POINTS, Point
from tests.kills.share import Said, try_all


def main() -> int:
    """Try the points, and return 1 if any does not end as if nothing had happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="only points whose name holds one of these"
    )
    parser.add_argument("--list", action="store_true", help="print the names, and try nothing")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="points at a time")
    arguments = parser.parse_args()
    names = arguments.names or [""]
    chosen = [point for point in POINTS if any(name in point.name for name in names)]
    if arguments.list:
        print("\n".join(point.name for point in chosen))
        return 0
    shares = [share for share in _shares(chosen, arguments.jobs) if share]
    with Manager() as manager, ProcessPoolExecutor(arguments.jobs, get_context("spawn")) as pool:
        said: Queue[Said] = manager.Queue()
        passed, failed = _counted(said, [pool.submit(try_all, share, said) for share in shares])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _shares(points: Sequence[Point], jobs: int) -> list[Sequence[Point]]:
    """Neighbours stay together: a story has to be told once in each process that needs it."""
    size = -(-len(points) // jobs)
    return [points[number * size : (number + 1) * size] for number in range(jobs)]


def _counted(said: "Queue[Said]", shares: Sequence[Future[None]]) -> tuple[int, int]:
    """Tell how each ends, until every process has ended."""
    passed = failed = 0
    while True:
        ended = all(share.done() for share in shares)
        try:
            point, result, seconds = said.get(timeout=0.5)
        except Empty:
            if ended:
                break
            continue
        passed, failed = passed + (not result.complaint), failed + bool(result.complaint)
        verdict = f"FAILED\n  {result.complaint}" if result.complaint else "passed"
        print(f"{point.name}, {seconds:.0f} s\n    the comment then said: {result.meanwhile}")
        print(f"    {verdict}", flush=True)
    for share in shares:
        share.result()  # a process that broke is none that passed
    return passed, failed


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    sys.exit(main())
