"""A control group of our own for the inside, where this machine lets us make one: hard limits of the kernel.

Below the group this process is in, of version 1 or 2. Where there is none to be had (most runners that are
not root), the watch and the resource limits hold alone.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from runners.sandbox.limits import Limits

_SPARE_MEMORY = 64 * 2**20  # the watch should see it first, and tell
_SPARE_PROCESSES = 64
_NAME = "mteb-sandbox-"  # and the id of its supervisor
_MOUNTED = Path("/sys/fs/cgroup")
_REMOVAL_TRIES = 50


class ControlGroup:
    """The groups that one inside is in; `folders` maps `memory` and `pids` to theirs, or is empty."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    @property
    def holds_memory(self) -> bool:
        """Whether the kernel keeps the limit of memory."""
        return "memory" in self._folders

    def admit(self, process: int) -> None:
        """Put a process in, before it has children."""
        for folder in set(self._folders.values()):
            with suppress(OSError):  # the watch holds the limits then
                (folder / "cgroup.procs").write_text(str(process))

    def killed_for_memory(self) -> bool:
        """Whether the kernel ended something in here because memory ran out."""
        folder = self._folders.get("memory")
        if folder is None:
            return False
        events = "memory.events" if (folder / "memory.events").exists() else "memory.oom_control"
        with suppress(OSError):
            words = (folder / events).read_text().split()
            return int(dict(zip(words[::2], words[1::2], strict=False)).get("oom_kill", "0")) > 0
        return False


@contextmanager
def control_group(
    limits: Limits, mounted: Path = _MOUNTED, own: str | None = None
) -> Iterator[ControlGroup]:
    """A group with these limits for as long as it is needed; an empty one where none can be made."""
    name = f"{_NAME}{os.getpid()}-{time.monotonic_ns()}"
    memberships = Path("/proc/self/cgroup").read_text() if own is None else own
    folders: dict[str, Path] = {}
    try:
        for controller, parent in _parents(memberships, mounted).items():
            _remove_abandoned(parent)
            folder = parent / name
            if _made(folder, controller, limits):
                folders[controller] = folder
            elif folder not in folders.values():
                _remove(folder)
        yield ControlGroup(folders)
    finally:
        for folder in set(folders.values()):
            _remove(folder)


def _parents(memberships: str, mounted: Path) -> dict[str, Path]:
    """The group this process is in, for each controller that we use."""
    found: dict[str, Path] = {}
    for line in memberships.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in ("memory", "pids"):
            if controller in controllers.split(","):
                found[controller] = mounted / controller / path.lstrip("/")
            elif not controllers and (mounted / "cgroup.controllers").exists():
                found.setdefault(controller, mounted / path.lstrip("/"))
    return {controller: path for controller, path in found.items() if path.is_dir()}


def _made(folder: Path, controller: str, limits: Limits) -> bool:
    memory = str(limits.memory_bytes + _SPARE_MEMORY)
    settings = {
        "memory": {"memory.limit_in_bytes": memory, "memory.max": memory, "memory.swap.max": "0"},
        "pids": {"pids.max": str(limits.processes + _SPARE_PROCESSES)},
    }[controller]
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return False
    held = False
    for file, value in settings.items():
        with suppress(OSError):
            if (folder / file).exists():
                (folder / file).write_text(value)
                held = True
    return held


def _remove_abandoned(parent: Path) -> None:
    """What a run left that was killed with its supervisor."""
    for folder in parent.glob(f"{_NAME}*"):
        supervisor = folder.name.removeprefix(_NAME).partition("-")[0]
        if not Path("/proc", supervisor).exists():
            with suppress(OSError):
                folder.rmdir()


def _remove(folder: Path) -> None:
    """Its processes are dead; the kernel may need a moment to see that."""
    for _ in range(_REMOVAL_TRIES):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.02)
