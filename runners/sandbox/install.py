"""`python -m runners.sandbox.install`: installs bubblewrap where it may (Debian, root), else names the command."""

import os
import shutil
import subprocess
import sys

from runners.sandbox.availability import CannotSandbox, install_command, sandbox_here


def main() -> int:
    """0 whatever comes out: everything but `evaluate --sandbox` works without."""
    if shutil.which("bwrap") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for words in (["update"], ["install", "-y", "bubblewrap"]):
            subprocess.run(  # noqa: S603 - fixed words
                ["apt-get", "-qq", *words],  # noqa: S607 - where it lies is the system's business
                check=False, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )  # fmt: skip
    if shutil.which("bwrap") is None:
        sys.stderr.write(
            f"`mteb-runner evaluate --sandbox` needs bubblewrap: {install_command()}\n"
        )
        return 0
    try:
        sys.stderr.write(f"sandbox: {sandbox_here()}\n")
    except CannotSandbox as error:
        sys.stderr.write(f"sandbox: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
