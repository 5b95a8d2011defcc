"""`python -m tests.faults`: every fault at every request, and races; the last line is `N passed, M failed`."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import Manager
from pathlib import Path
from queue import Empty, Queue

from tests.faults.points import TROUBLES, Bench, Point
from tests.faults.races import races
from tests.faults.scenarios import SCENARIOS

_WORKERS = 6  # most of the time is waiting: for time limits, and for what services ask for
_TOLD_EVERY = 50  # points, where nobody watches a terminal


def main() -> int:
    """Run all points, and return 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="", help="only those whose name holds this")
    parser.add_argument("--trouble", default="", help="only those whose name holds this")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth point")
    parser.add_argument("--races", type=int, default=5, metavar="N", help="rounds a worker")
    arguments = parser.parse_args()
    begun = time.monotonic()
    with Manager() as manager, ProcessPoolExecutor(_WORKERS) as pool:
        said: Queue[tuple[str, str]] = manager.Queue()
        shares = [pool.submit(_share, worker, arguments, said) for worker in range(_WORKERS)]
        passed, failed = _counted(said, shares)
    print(f"{passed + failed} fault points in {time.monotonic() - begun:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _counted(said: "Queue[tuple[str, str]]", shares: list[Future[None]]) -> tuple[int, int]:
    """Tell what fails, and how far it is, until every worker has ended."""
    passed = failed = 0
    while True:
        ended = all(share.done() for share in shares)
        try:
            point, complaint = said.get(timeout=0.2)
        except Empty:
            if ended:
                break
            continue
        passed, failed = passed + (not complaint), failed + bool(complaint)
        if complaint:
            print(f"FAILED {point}\n  {complaint}", flush=True)
        if sys.stdout.isatty():
            print(f"\r{passed} passed, {failed} failed ", end="", flush=True)
        elif (passed + failed) % _TOLD_EVERY == 0:
            print(f"so far: {passed} passed, {failed} failed", flush=True)
    if sys.stdout.isatty():
        print()
    for share in shares:
        share.result()  # a worker that broke is no worker that passed
    return passed, failed


def _share(worker: int, arguments: argparse.Namespace, said: "Queue[tuple[str, str]]") -> None:
    """One worker's points: each worker has its own servers and worlds."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        with Bench(folder) as bench:
            for result in _results(bench, worker, arguments):
                said.put(result)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _results(bench: Bench, worker: int, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    chosen = [one for one in SCENARIOS if arguments.scenario in one.name]
    for scenario in chosen:
        requests = bench.prepare(scenario)
        points = [
            Point(scenario, request.number, trouble)
            for request in requests
            for trouble in TROUBLES
            if arguments.trouble in str(trouble)
        ]
        for point in islice(points, worker * arguments.every, None, _WORKERS * arguments.every):
            yield str(point), bench.complaint(point)
    yield from races(bench, chosen, arguments.races, seed=worker)


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    sys.exit(main())
