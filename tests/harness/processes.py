"""The processes of a job, found by the folder that the environment of each names, and their end."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_PATIENCE = 5.0  # seconds until processes that were killed must be gone


class StillRunning(Exception):
    """Processes that cannot be killed."""


def kill(temporary: str) -> None:
    """Kill every process whose RUNNER_TEMP begins with a path, and all their descendants.

    Raises:
        StillRunning: some survive.
    """
    deadline = time.monotonic() + _PATIENCE
    while found := living(temporary):
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise StillRunning(f"{temporary}: {found}")
        time.sleep(0.005)


def kill_step(temporary: str) -> None:
    """Kill what a job runs now, and nothing that its next step may begin meanwhile."""
    for pid in living(temporary):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def living(temporary: str) -> list[int]:
    """Processes of a job: those with its environment, and what they started without it."""
    mark = f"RUNNER_TEMP={temporary}".encode()
    mine: set[int] = set()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            state, parent = _stat(entry)
            if state in "ZX":
                continue
            parents[int(entry.name)] = parent
            environment = (entry / "environ").read_bytes().split(b"\0")
            if any(each.startswith(mark) for each in environment):
                mine.add(int(entry.name))
    while children := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= children
    return sorted(mine - {os.getpid()})


def _stat(entry: Path) -> tuple[str, int]:
    """State and parent of a process."""
    facts = (entry / "stat").read_text().rpartition(")")[2].split()
    return facts[0], int(facts[1])
