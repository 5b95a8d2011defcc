"""`python -m tests.attacks`: try every attack; the last line is `N attacks, N stopped, M succeeded`."""

import argparse
import os
import sys
import textwrap

from tests.attacks.table import ATTACKS
from tests.attacks.trying import Result, tried

_WIDTH, _LONGEST = 110, 1500


def main() -> int:
    """Try all, print a table, and return 1 if any succeeded or could not be tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only those whose zone and id hold this"
    )
    only = parser.parse_args().only
    chosen = [attack for attack in ATTACKS if only in f"{attack.zone} {attack.id}"]
    results = []
    for number, attack in enumerate(chosen, start=1):
        print(
            f"[{number}/{len(chosen)}] {attack.zone} {attack.id}: {attack.title} … ",
            end="",
            flush=True,
        )
        results.append(tried(attack))
        print(f"{results[-1].verdict}, {results[-1].seconds:.1f} s", flush=True)
        if results[-1].verdict != "stopped":
            print(textwrap.indent(results[-1].words[:_LONGEST], "    "), flush=True)
    _table(results)
    missing = sum(result.verdict == "not tried" for result in results)
    if missing:
        print(f"{missing} could not be tried")
    stopped = sum(result.verdict == "stopped" for result in results)
    succeeded = sum(result.verdict == "succeeded" for result in results)
    print(f"{len(results)} attacks, {stopped} stopped, {succeeded} succeeded")
    return 0 if results and stopped == len(results) else 1


def _table(results: list[Result]) -> None:
    """Every attack, what came of it, and the words that a person reads."""
    print("\nzone    attack                          came to    what is said")
    for result in results:
        words = textwrap.shorten(result.words, _WIDTH, placeholder=" …")
        print(f"{result.attack.zone:7} {result.attack.id:31} {result.verdict:10} {words}")
    print()


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    sys.exit(main())
