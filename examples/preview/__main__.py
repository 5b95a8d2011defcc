"""Preview all-MiniLM-L6-v2 on BBC News against a static table of word vectors: `make preview`."""

import subprocess
import sys
from pathlib import Path

from examples.bbc_news import write_tables
from examples.packaged_models import minilm_folder, save_wordllama

FOLDER = Path(__file__).parent.relative_to(Path.cwd())
BUILD = Path("build/preview")
OUTPUT = BUILD / "page"


def main() -> int:
    """Prepare data and models, evaluate the baseline, preview the model; the exit code of the first failure."""
    _say("1/3 writing BBC News as tables, and the baseline's folder")
    write_tables(BUILD / "bbc-news")
    wordllama = save_wordllama(BUILD / "wordllama")
    data = [
        argument
        for table in ("topics", "similarity", "retrieval")
        for argument in ("--data-path", f"bbc-news/{table}={BUILD / 'bbc-news' / table}")
    ]
    _say("2/3 evaluating the baseline: wordllama, a static table")
    baseline = BUILD / "baseline"
    code = _run(
        "mteb-runner", "evaluate", FOLDER / "wordllama.yaml",
        "--output", baseline, "--model-path", wordllama, *data,
    )  # fmt: skip
    if code:
        return code
    _say("3/3 previewing the submission: all-MiniLM-L6-v2")
    return _run(
        "mteb-bot", "preview", FOLDER / "all-MiniLM-L6-v2.yaml",
        "--output", OUTPUT, "--against", baseline, "--model-path", minilm_folder(), *data,
    )  # fmt: skip


def _run(program: str, *arguments: object) -> int:
    command = [str(Path(sys.executable).with_name(program)), *map(str, arguments)]
    sys.stderr.write("$ " + " ".join([program, *map(str, arguments)]) + "\n")
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own programs


def _say(line: str) -> None:
    sys.stderr.write(f"\n== {line}\n")


sys.exit(main())
