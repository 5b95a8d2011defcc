"""Make the job's own Python: installed packages are there already, the project itself is not."""

import os
import sys
import sysconfig
import venv
from pathlib import Path

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
    with Path(os.environ["GITHUB_PATH"]).open("a") as path:
        path.write(f"{folder / 'bin'}\n")


main()
