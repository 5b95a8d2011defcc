"""`python -m tests.kills [NAME…]`: take machines away at every point, then `/retry`; the last line is `N passed, M failed`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.kills.points import POINTS
from tests.kills.trying import Bench


def main() -> int:
    """Try the points, and return 1 if any does not end as if nothing had happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="only points whose name holds one of these"
    )
    parser.add_argument("--list", action="store_true", help="print the names, and try nothing")
    arguments = parser.parse_args()
    names = arguments.names or [""]
    chosen = [point for point in POINTS if any(name in point.name for name in names)]
    if arguments.list:
        print("\n".join(point.name for point in chosen))
        return 0
    failed = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        bench = Bench(Path(folder))
        for number, point in enumerate(chosen, start=1):
            began = time.monotonic()
            result = bench.try_point(point)
            failed += bool(result.complaint)
            verdict = "FAILED" if result.complaint else "passed"
            print(
                f"[{number}/{len(chosen)}] {verdict} {point.name}, {time.monotonic() - began:.0f} s",
                flush=True,
            )
            print(f"    the comment then said: {result.meanwhile}", flush=True)
            if result.complaint:
                print(f"  {result.complaint}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    sys.exit(main())
