"""Try the recipes of ag-news-recipes.yaml with all-MiniLM-L6-v2: `make recipes DATA=…`.

The best is chosen by rows that none is trained on. Results lie in build/finetune/ag-news-recipes/.
"""

import subprocess
import sys
from pathlib import Path

from examples.bbc_news import write_tables
from examples.packaged_models import minilm_folder

CONFIG = "examples/finetuning/ag-news-recipes.yaml"
OUTPUT = Path("build/finetune/ag-news-recipes")
BBC_NEWS = Path("build/finetune/bbc-news")


def main(data: Path) -> int:
    """Run it; the exit code is that of `mteb-runner finetune`, or 2 where data are missing."""
    folder = data / "ag_news"
    if not folder.is_dir():
        sys.stderr.write(f"missing: {folder} with the training file (set DATA=…)\n")
        return 2
    write_tables(BBC_NEWS)
    runner = str(Path(sys.executable).with_name("mteb-runner"))
    command = [
        runner, "finetune", CONFIG, "--output", str(OUTPUT), "--model-path", str(minilm_folder()),
        "--data-path", f"fancyzhx/ag_news={folder}", "--data-path", f"bbc-news/topics={BBC_NEWS / 'topics'}",
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
