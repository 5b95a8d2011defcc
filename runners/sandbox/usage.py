"""What the inside of a sandbox uses now: the tree of its processes, and what it wrote."""

import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 512
_DEEPEST = 60  # folders; nothing of ours is deeper


class Processes:
    """The living descendants of one process, itself included: thread counts and memory by process id."""

    def __init__(self, root: int) -> None:
        parents: dict[int, list[int]] = defaultdict(list)
        threads, resident = {}, {}
        for entry in os.scandir(_PROC):
            if entry.name.isdigit():
                with suppress(OSError, ValueError, IndexError):
                    fields = _stat_fields(int(entry.name))
                    parents[int(fields[1])].append(int(entry.name))
                    threads[int(entry.name)] = int(fields[17])
                    resident[int(entry.name)] = int(fields[21]) * _PAGE
        self.ids: list[int] = []
        waiting = [root] if root in threads else []
        while waiting:
            process = waiting.pop()
            self.ids.append(process)
            waiting += parents[process]
        self.threads = sum(threads[process] for process in self.ids)
        self._resident = {process: resident[process] for process in self.ids}

    def memory(self, limit: int) -> int:
        """Bytes in use. Pages that processes share count once, looked up only when it decides about `limit`."""
        together = sum(self._resident.values())
        if together <= limit:
            return together
        return sum(_proportional(process, held) for process, held in self._resident.items())

    def unlinked_bytes(self, device: int) -> int:
        """What files without a name take on `device`: they are on the disk until the last user closes them."""
        sizes: dict[int, int] = {}
        for process in self.ids:
            with suppress(OSError):
                for entry in os.scandir(_PROC / str(process) / "fd"):
                    with suppress(OSError):
                        about = os.stat(entry.path)  # noqa: PTH116 - through the magic link, to the open file
                        if about.st_nlink == 0 and about.st_dev == device:
                            sizes[about.st_ino] = about.st_blocks * _BLOCK
        return sum(sizes.values())


def written(folders: Iterable[Path]) -> tuple[int, int]:
    """(bytes on disk, files and folders) below `folders`; no link is followed.

    A folder too deep to be ours counts as endlessly many files.
    """
    size = count = 0
    waiting = [(str(folder), 0) for folder in folders]
    while waiting:
        folder, depth = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                count += 1
                with suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        if depth == _DEEPEST:
                            return size, 10**12
                        waiting.append((entry.path, depth + 1))
    return size, count


def in_memory_folders(process: int, folders: Iterable[str]) -> int:
    """Bytes that the private folders in memory hold, seen through a process that has them mounted."""
    held = 0
    for folder in folders:
        with suppress(OSError):
            about = os.statvfs(_PROC / str(process) / "root" / folder.lstrip("/"))
            held += (about.f_blocks - about.f_bfree) * about.f_frsize
    return held


def kernel_kills() -> int:
    """How often the kernel of this machine ended a process because memory ran out, since it started."""
    with suppress(OSError):
        for line in (_PROC / "vmstat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    return 0


def _stat_fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold blanks and brackets: first state and parent."""
    return (_PROC / str(process) / "stat").read_text(errors="replace").rpartition(")")[2].split()


def _proportional(process: int, otherwise: int) -> int:
    try:
        lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return otherwise
    except OSError:
        return 0  # it ended meanwhile
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
