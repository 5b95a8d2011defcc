"""AG News by nearest neighbours with all-MiniLM-L6-v2: `make ag-news DATA=…`, a figure to reproduce.

Expected 0.7446: the mean of 8 draws of 16 examples a label from a pool of 5,000, over 7,600 test rows.
"""

import json
import subprocess
import sys
from pathlib import Path

from examples.packaged_models import minilm_folder

EXPECTED, TOLERANCE = 0.7446, 0.0005
CONFIG = Path("examples/models/sentence-transformers/all-MiniLM-L6-v2.yaml")
OUTPUT = Path("build/ag-news")


def main(data: Path) -> int:
    """Evaluate, and print one line of JSON; 1 when the score is not the expected one."""
    folder = data / "ag_news"
    if not folder.is_dir():
        sys.stderr.write(f"missing: {folder} with train_5000.csv and test.csv (set DATA=…)\n")
        return 2
    runner = str(Path(sys.executable).with_name("mteb-runner"))
    command = [
        runner, "evaluate", str(CONFIG), "--output", str(OUTPUT),
        "--model-path", str(minilm_folder()), "--data-path", f"fancyzhx/ag_news={folder}",
    ]  # fmt: skip
    if code := subprocess.run(command, check=False).returncode:  # noqa: S603 - our own program
        return code
    (task,) = json.loads((OUTPUT / "report.json").read_text(encoding="utf-8"))["tasks"]
    score = task["result"]["scores"]["test"][0]["main_score"]
    figures = {
        "task": task["name"],
        "accuracy": score,
        "expected": EXPECTED,
        "tolerance": TOLERANCE,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0 if abs(score - EXPECTED) <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
