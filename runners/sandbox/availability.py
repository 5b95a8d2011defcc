"""Whether this machine can make a sandbox, and what to say when it cannot."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from runners.sandbox.limits import Limits
from runners.sandbox.machine import inner_user, python, system
from runners.sandbox.profile import Profile
from runners.sandbox.supervisor import CannotStartSandbox, run_inside
from runners.sandbox.syscalls import system_call_filter
from schemas.errors import CommandError

OWNERS_WORD = "MTEB_RUNNER_WITHOUT_SANDBOX"
_MANAGERS = {
    "apt-get": "apt-get install -y bubblewrap",
    "dnf": "dnf install -y bubblewrap",
    "zypper": "zypper install -y bubblewrap",
    "pacman": "pacman -S --noconfirm bubblewrap",
    "apk": "apk add bubblewrap",
}
_OLDEST = (0, 8)
_TRIAL = Limits(seconds=20, memory_bytes=10**9, disk_bytes=10**9, processes=64)
_RESTRICTION = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


class CannotSandbox(CommandError):
    """No sandbox can be made here; strangers' models are not run without one."""


def sandbox_here() -> str:
    """What makes sandboxes here, for the report: `bubblewrap 0.8.0`. One was made, to be sure.

    Raises:
        CannotSandbox: none can be made; the fix is one command.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise CannotSandbox("bubblewrap is not installed on this machine", install_command())
    version = _version(program)
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < _OLDEST:
        raise CannotSandbox(
            f"bubblewrap {version} is too old", "install 0.8 or newer: Debian 12, Ubuntu 24.04"
        )
    binds, links = system()
    profile = Profile(
        (*binds, *python()), {"PATH": "/usr/bin:/bin"}, links,
        folders={"/tmp": 2**20}, user=inner_user(), processes=64, system_calls=system_call_filter(),  # noqa: S108 - the inside's own
    )  # fmt: skip
    said: list[str] = []
    try:
        ended = run_inside(profile, [sys.executable, "-I", "-S", "-c", ""], _TRIAL, said.append)
    except CannotStartSandbox as error:
        raise CannotSandbox(error.message, _allow_command()) from error
    if ended.code != 0:
        raise CannotSandbox(
            f"bubblewrap {version} cannot make a sandbox here: {' '.join(said)[-500:]}",
            _allow_command(),
        )
    return f"bubblewrap {version}"


def owner_goes_without() -> bool:
    """Whether the machine's owner said, in its environment, that there need be no sandbox."""
    return os.environ.get(OWNERS_WORD) == "yes"


def install_command() -> str:
    """The one command that installs bubblewrap here."""
    found = [words for program, words in _MANAGERS.items() if shutil.which(program)]
    before = "" if os.geteuid() == 0 else "sudo "
    return before + (found[0] if found else "install the package bubblewrap of your distribution")


def _version(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    return said.stdout.strip().removeprefix("bubblewrap ") or "0"


def _allow_command() -> str:
    """The usual reason why a user who is not root cannot make one."""
    if _RESTRICTION.exists() and _RESTRICTION.read_text().strip() == "1":
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if os.geteuid() != 0:
        return "sudo sysctl -w user.max_user_namespaces=15000"
    return "start this container with the right to make namespaces (--privileged, or CAP_SYS_ADMIN)"
