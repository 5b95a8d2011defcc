"""Run an experiment of this folder with all-MiniLM-L6-v2: `make table DATA=…`, `make table-banking77 DATA=…`.

Its last line is one of JSON; the tables lie below build/table/.
"""

import subprocess
import sys
from pathlib import Path

from examples.packaged_models import minilm_folder

# the folder below DATA, and the name that the experiment has for it
DATA_SETS = {"ag-news": ("ag_news", "fancyzhx/ag_news"), "banking77": ("banking77", "banking77")}
OUTPUT = Path("build/table")


def main(data: Path, experiment: str, more: list[str]) -> int:
    """Run it; the exit code is that of `mteb-runner table`, or 2 where data are missing."""
    name, called = DATA_SETS[experiment]
    folder = data / name
    if not folder.is_dir():
        sys.stderr.write(f"missing: {folder} with the training and the test file (set DATA=…)\n")
        return 2
    runner = str(Path(sys.executable).with_name("mteb-runner"))
    command = [
        runner, "table", f"examples/finetuning/{experiment}.yaml",
        "--output", str(OUTPUT / experiment), "--model-path", str(minilm_folder()),
        "--data-path", f"{called}={folder}", *more,
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
