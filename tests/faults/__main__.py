"""`python -m tests.faults`: every fault at every request; the last line is `N passed, M failed`."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from tests.faults.points import TROUBLES, Bench, Point
from tests.faults.scenarios import SCENARIOS

_WORKERS = 2


def main() -> int:
    """Run all points, and return 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="", help="only those whose name holds this")
    parser.add_argument("--trouble", default="", help="only those whose name holds this")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth point")
    arguments = parser.parse_args()
    begun = time.monotonic()
    with ProcessPoolExecutor(_WORKERS) as pool:
        shares = list(pool.map(_share, range(_WORKERS), [arguments] * _WORKERS))
    passed = sum(share[0] for share in shares)
    failed = sum(share[1] for share in shares)
    print(f"{passed + failed} fault points in {time.monotonic() - begun:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _share(worker: int, arguments: argparse.Namespace) -> tuple[int, int]:
    """One worker's points: each worker has its own servers and worlds."""
    passed = failed = 0
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        with Bench(folder) as bench:
            for number, scenario in enumerate(SCENARIOS):
                if arguments.scenario not in scenario.name:
                    continue
                requests = bench.prepare(scenario)
                if worker == number % _WORKERS:
                    print(f"{scenario.name}: {len(requests)} requests", flush=True)
                points = [
                    Point(scenario, request.number, trouble)
                    for request in requests
                    for trouble in TROUBLES
                    if arguments.trouble in str(trouble)
                ]
                for point in islice(
                    points, worker * arguments.every, None, _WORKERS * arguments.every
                ):
                    complaint = bench.complaint(point)
                    passed, failed = passed + (not complaint), failed + bool(complaint)
                    if complaint:
                        print(f"FAILED {point}\n  {complaint}", flush=True)
                    elif sys.stdout.isatty() or not passed % 50:
                        print(f"worker {worker}: {passed} passed, {failed} failed", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return passed, failed


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    sys.exit(main())
