"""`python -m tests.e2e [NAME…]`: all scenarios, or those whose names begin so; the last line counts."""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import textwrap
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.e2e.running import Result, run_named
from tests.e2e.scenario import Scenario
from tests.e2e.table import SCENARIOS

_TICK = 1.0  # seconds between two looks at what runs


def main() -> int:
    """Run them, and return 1 if any failed."""
    arguments = _arguments()
    chosen = [x for x in SCENARIOS if _is_asked_for(x, arguments.names)]
    if arguments.list or not chosen:
        print("\n".join(f"{x.name}: {x.title}" for x in SCENARIOS))
        return 0 if arguments.list else 2
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="e2e-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the sandbox's user reads what lies below
    try:
        results = _run_all(chosen, folder.resolve(), arguments.jobs)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    failed = [result for result in results if not result.passed]
    if failed:
        print("\nfailed: " + " ".join(result.name for result in failed))
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="names of scenarios, or what they begin with"
    )
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at a time (2)")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR",
        help="keep there what scenarios begin from, for the next time: what has changed since is not seen",
    )  # fmt: skip
    return parser.parse_args()


def _is_asked_for(scenario: Scenario, names: list[str]) -> bool:
    return not names or any(scenario.name.startswith(name) for name in names)


def _run_all(chosen: list[Scenario], folder: Path, jobs: int) -> list[Result]:
    """Some at a time; a line for each that ended, and below them, in a terminal, those that run."""
    console = Console(highlight=False, soft_wrap=True)
    left, results = list(reversed(chosen)), []
    running: dict[Future[Result], tuple[str, float]] = {}
    spawning = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(jobs, mp_context=spawning) as pool,
        console.status("") as status,
    ):
        while left or running:
            while left and len(running) < jobs:
                one = left.pop()
                future = pool.submit(run_named, one.name, folder)
                running[future] = (one.name, time.monotonic())
            ended, _ = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in ended:
                del running[future]
                results.append(future.result())
                _tell(console, results[-1], len(results), len(chosen))
            now = time.monotonic()
            status.update(
                "  ".join(f"{name} {now - began:.0f} s" for name, began in running.values())
            )
    return results


def _tell(console: Console, result: Result, number: int, of: int) -> None:
    mark, style = ("passed", "green") if result.passed else ("FAILED", "red")
    line = Text.assemble(
        (f"[{number}/{of}] ", "dim"), (mark, style), f" {result.seconds:4.0f} s  {result.name}",
        (f": {result.title}", "dim"),
    )  # fmt: skip
    console.print(line)
    if not result.passed:
        console.print(Text(textwrap.indent(result.words, "    ")))


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    sys.exit(main())
