"""Attackers' scripts run in the real sandbox, with small limits."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from runners.sandbox.availability import sandbox_here
from runners.sandbox.folder import EVALUATION, lent
from runners.sandbox.limits import Limits
from runners.sandbox.profiles import OUTPUT, Place, evaluating
from runners.sandbox.supervisor import Ended, run_inside

SMALL = Limits(seconds=20, memory_bytes=300_000_000, disk_bytes=40_000_000, processes=100)
GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Ran:
    """How a script ended, the lines that were shown, and the folder it could write to."""

    ended: Ended
    lines: list[str]
    output: Path


def needs_sandbox() -> None:
    """Skip where bubblewrap cannot run at all."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed on this machine")
    tried = subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], check=False)
    if tried.returncode:
        pytest.skip("bubblewrap can make no sandbox on this machine")
    sandbox_here()


@pytest.fixture
def inside(tmp_path: Path) -> Callable[..., Ran]:
    """Run a Python script as evaluations run: with the same profile, and a folder to write to."""
    needs_sandbox()

    def run(script: str, limits: Limits = SMALL, *places: Place) -> Ran:
        output, lines = tmp_path / "out", []
        with lent(output, EVALUATION) as user:
            places = (*places, Place(output, OUTPUT, writable=True))
            profile = evaluating("bubblewrap of the test", places, limits, user)
            command = [sys.executable, "-P", "-c", dedent(script)]
            ended = run_inside(profile, command, limits, lines.append)
        return Ran(ended, [line.removeprefix("│ ") for line in lines], output)

    return run


def processes_with(word: str) -> list[int]:
    """Ids of living processes of this machine whose command line holds `word`."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in command:
                found.append(int(folder.name))
    return found


def control_groups(supervisor: int) -> list[Path]:
    """Control groups that sandboxes of one supervisor left."""
    return [path for path in GROUPS.rglob(f"mteb-sandbox-{supervisor}-*") if path.is_dir()]
