"""Starts a sandbox, shows what it prints, and ends all of it when it uses more than it may."""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from runners.failures import Failure
from runners.sandbox.cgroup import ControlGroup, control_group
from runners.sandbox.limits import Limits, Usage, exceeded, out_of_memory
from runners.sandbox.output import UntrustedLines
from runners.sandbox.profile import Descriptors, Profile, command_line
from runners.sandbox.usage import Processes, in_memory_folders, kernel_kills, written
from schemas.errors import CommandError

_EVERY = 0.2  # seconds between two looks at what is used
_SLOW_EVERY = 2.0  # between two looks at folders that took long to look at
_AT_ONCE = 2**16  # bytes
_ROOM_LEFT = 512 * 2**20  # bytes of the disk that a run leaves to the machine


class CannotStartSandbox(CommandError):
    """bubblewrap did not make the sandbox."""


@dataclass(frozen=True)
class Ended:
    """How a run ended. `failure` says why it was stopped; `code` is its own exit status, else None."""

    code: int | None
    failure: Failure | None = None
    interrupted: bool = False


def run_inside(
    profile: Profile, command: Sequence[str], limits: Limits, say: Callable[[str], None]
) -> Ended:
    """Run `command` in the sandbox to its end, or to the end of its limits. Nothing of it is left running.

    SIGINT (and SIGTERM where the caller turned it into KeyboardInterrupt) stops it: `interrupted`.

    Raises:
        CannotStartSandbox: there is no bubblewrap, or it cannot make this sandbox here.
    """
    with control_group(limits) as group, _started(profile, command, group) as inside:
        try:
            failure = _watched(inside, profile, limits, say)
        except KeyboardInterrupt:
            inside.end()
            return Ended(None, interrupted=True)
        inside.end()
        if failure is None and group.killed_for_memory():
            failure = out_of_memory(limits)
        if failure is None and inside.code in {-signal.SIGKILL, 128 + signal.SIGKILL}:
            failure = _killed(inside, limits)
        return Ended(None if failure else inside.code, failure)


def _killed(inside: "_Inside", limits: Limits) -> Failure:
    """Somebody ended it with a signal that cannot be caught, and it was not this program."""
    if kernel_kills() > inside.kernel_kills:
        return out_of_memory(limits)
    return Failure("infrastructure", "the sandbox was killed from outside")


@dataclass
class _Inside:
    """A running sandbox: bubblewrap, and the first process of its process namespace."""

    process: subprocess.Popen[bytes]
    output: int
    first: int | None = None
    began: float = field(default_factory=time.monotonic)
    kernel_kills: int = field(default_factory=kernel_kills)

    @property
    def code(self) -> int | None:
        return self.process.returncode

    def end(self) -> None:
        """With its first process the kernel ends every other one of the namespace."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.first or self.process.pid, signal.SIGKILL)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def _started(profile: Profile, command: Sequence[str], group: ControlGroup) -> Iterator[_Inside]:
    """Start it, closed off and limited before its first instruction."""
    texts = {path: _held(content.encode()) for path, content in profile.files.items()}
    calls = _held(profile.system_calls) if profile.system_calls else None
    told, info = os.pipe()
    gate, opener = os.pipe()
    output, printed = os.pipe()
    inherited = [*texts.values(), info, gate, *(() if calls is None else (calls,))]
    words = command_line(profile, command, Descriptors(texts, info, gate, calls))
    try:
        process = subprocess.Popen(  # noqa: S603 - our own words; what is untrusted runs behind them
            words, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed,
            env=dict(profile.environment), pass_fds=inherited, cwd="/",
        )  # fmt: skip
    except OSError as error:
        _close(told, opener, output)
        raise CannotStartSandbox(f"{words[0]}: {error.strerror}") from error
    finally:
        _close(*inherited, printed)
    inside = _Inside(process, output)
    try:
        inside.first = _first_process(told)
        if inside.first is None:
            said = os.read(output, _AT_ONCE).decode(errors="replace").strip()
            raise CannotStartSandbox(f"bubblewrap cannot make the sandbox here: {said[-500:]}")
        for member in (process.pid, inside.first):
            group.admit(member)
        with suppress(OSError):  # if the machine's memory runs out, this is to go first
            Path(f"/proc/{inside.first}/oom_score_adj").write_text("1000")
        os.write(opener, b"go")
        yield inside
    finally:
        inside.end()
        _close(told, opener, output)


def _held(content: bytes) -> int:
    """A file without a name that holds `content`, at its beginning."""
    file = os.memfd_create("sandbox")
    os.write(file, content)
    os.lseek(file, 0, os.SEEK_SET)
    return file


def _first_process(told: int) -> int | None:
    """The id bubblewrap tells, or None when it gave up before."""
    said = b""
    while chunk := os.read(told, _AT_ONCE):
        said += chunk
        with suppress(ValueError):
            return int(json.loads(said)["child-pid"])
    return None


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _watched(
    inside: _Inside, profile: Profile, limits: Limits, say: Callable[[str], None]
) -> Failure | None:
    """Show what it prints until it ends (None) or uses too much (why)."""
    lines = UntrustedLines()
    watch = _Watch(inside, profile, limits)
    os.set_blocking(inside.output, False)
    while True:
        ended = inside.process.poll() is not None
        if select.select([inside.output], [], [], 0 if ended else _EVERY)[0]:
            data = os.read(inside.output, _AT_ONCE)
            for line in lines.feed(data):
                say(line)
            if not data and not ended:
                time.sleep(_EVERY)  # it closed what it prints to, and goes on
            ended = ended and not data
        if failure := watch.failure():
            return failure
        if ended:
            for line in lines.close():
                say(line)
            return None


class _Watch:
    """Looks at what the inside uses, not more often than is cheap."""

    def __init__(self, inside: _Inside, profile: Profile, limits: Limits) -> None:
        assert inside.first is not None  # noqa: S101 - it is running
        self._first = inside.first
        self._began = inside.began
        self._limits = limits
        self._in_memory = tuple(profile.folders)
        self._folders = [Path(bind.source) for bind in profile.binds if bind.writable]
        self._next = self._next_disk = 0.0
        self._disk = (0, 0)
        self._free = self._free_bytes()

    def failure(self) -> Failure | None:
        """Why the run must stop now, else None."""
        now = time.monotonic()
        if now < self._next:
            return None
        self._next = now + _EVERY
        processes = Processes(self._first)
        if now >= self._next_disk:
            self._disk = self._written(processes)
            self._next_disk = time.monotonic() + min(10 * (time.monotonic() - now), _SLOW_EVERY)
        used = Usage(
            seconds=now - self._began,
            memory_bytes=processes.memory(self._limits.memory_bytes)
            + in_memory_folders(self._first, self._in_memory),
            disk_bytes=self._disk[0],
            processes=processes.threads,
            files=self._disk[1],
        )
        return exceeded(used, self._limits) or self._disk_full()

    def _written(self, processes: Processes) -> tuple[int, int]:
        size, count = written(self._folders)
        if self._folders and self._free - self._free_bytes() > size:
            size += processes.unlinked_bytes(self._folders[0].stat().st_dev)
        return size, count

    def _free_bytes(self) -> int:
        if not self._folders:
            return 0
        about = os.statvfs(self._folders[0])
        return about.f_bavail * about.f_frsize

    def _disk_full(self) -> Failure | None:
        if not self._folders or self._free_bytes() > min(_ROOM_LEFT, self._free // 2):
            return None
        return Failure("infrastructure", "stopped: the disk of this machine is full")
