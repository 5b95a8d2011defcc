"""What an attack may have left on this machine for the next job: processes, files, control groups, settings."""

import ctypes
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sandbox_made import control_groups

from tests.attacks.attack import ROOT, SHARED

_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
_PATIENCE = 3.0  # seconds for what has been killed to be gone
_SKIPPED = {
    ".git",
    ".venv",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "__pycache__",
    "node_modules",
}


class Trace(Exception):
    """Something is left."""


@contextmanager
def no_trace(mark: str) -> Iterator[None]:
    """Look at the machine before and after; `mark` stands in the name of whatever an attacker leaves.

    Raises:
        Trace: something is there that was not.
    """
    before, environment, here = _descendants(), dict(os.environ), Path.cwd()
    with _adopting_orphans():
        yield
        left = [*_processes(before), *_files(mark), *map(str, control_groups(os.getpid()))]
    if dict(os.environ) != environment or Path.cwd() != here:
        left.append("the environment of the next attack")
    if left:
        raise Trace(", ".join(left))


@contextmanager
def _adopting_orphans() -> Iterator[None]:
    """A process that lost its parent becomes ours, so that none is overlooked."""
    libc = ctypes.CDLL(None)
    libc.prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_ADOPT_ORPHANS, 0, 0, 0, 0)


def _processes(before: set[int]) -> list[str]:
    end = time.monotonic() + _PATIENCE
    while left := _descendants() - before:
        if time.monotonic() > end:
            return [f"process {pid}: {_command(pid)}" for pid in sorted(left)]
        time.sleep(0.05)
    return []


def _descendants() -> set[int]:
    """Living processes below this one; the dead are taken note of, as their parent would."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
                if state not in "ZX":
                    parents[int(entry.name)] = int(parent)
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def _command(pid: int) -> str:
    with suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")[:200]
        )
    return "?"


def _files(mark: str) -> list[str]:
    """Whatever has the mark in its name, anywhere but in the attack's own folder."""
    found = [
        str(path)
        for place in (*map(Path, SHARED), Path.home(), Path.cwd())
        for path in place.iterdir()
        if mark in path.name
    ]
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        found += [f"{folder}/{name}" for name in (*folders, *files) if mark in name]
    return found
