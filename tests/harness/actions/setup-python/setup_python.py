"""Make the job's own Python: installed packages are there already, the project itself is not."""

import os
import sys
import sysconfig
import venv
from pathlib import Path

_INSTALLED = Path("@ACTION@") / "installed"
# What pip once found installed, by the same words and for the same file of requirements, is there still.
_PYTHON = f"""\
#!/bin/bash
if [ "$1 $2 $3" = "-m pip install" ] && [ -f "${{!#}}" ]; then
    mark="{_INSTALLED}/$(cat "${{!#}}" <(echo "$@") | sha256sum | cut -c1-64)"
    [ -e "$mark" ] && exit 0
    "$0"3 "$@" && touch "$mark"
    exit
fi
exec "$0"3 "$@"
"""
_PIP = '#!/bin/bash\nexec "$(dirname "$0")/python" -m pip "$@"\n'


def main() -> None:
    """A virtual environment in the job's temporary folder, put on its PATH."""
    wanted = os.environ["INPUT_VERSION"]
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if wanted != here:
        sys.exit(f"::error::Python {wanted} is wanted, the harness runs with {here}")
    folder = Path(os.environ["RUNNER_TEMP"]) / "python"
    venv.create(folder, with_pip=False, symlinks=True)
    packages = folder / "lib" / f"python{here}" / "site-packages"
    # A .pth in a folder that is only on the path is not read: an editable install does not come along.
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = folder / "bin" / "pip"
    pip.write_text(_PIP)
    pip.chmod(0o755)
    if _INSTALLED.is_dir():
        _remember(folder / "bin")
    with Path(os.environ["GITHUB_PATH"]).open("a") as path:
        path.write(f"{folder / 'bin'}\n")


def _remember(programs: Path) -> None:
    """Let `python -m pip install` do each installation once for all jobs."""
    python, python3 = programs / "python", programs / "python3"
    real = python.readlink()
    python.unlink()
    python3.unlink()
    python3.symlink_to(real)
    python.write_text(_PYTHON)
    python.chmod(0o755)


main()
