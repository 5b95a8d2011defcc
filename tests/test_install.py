"""The bot alone, as a hosted runner installs it: without torch, mteb or any other heavy package."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

HEAVY = {"torch", "mteb", "FlagEmbedding", "transformers", "sentence-transformers", "datasets"}
CONFIG = ROOT / "examples" / "models" / "sentence-transformers" / "all-MiniLM-L6-v2.yaml"


@pytest.mark.slow
def test_the_bot_installs_and_checks_without_heavy_packages(tmp_path):
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    programs = environment / "bin"
    subprocess.run([programs / "pip", "install", "--quiet", ROOT], check=True)
    listed = _run(programs / "pip", "list", "--format", "freeze")
    installed = {line.partition("==")[0] for line in listed.stdout.splitlines()}
    assert not HEAVY & installed
    checked = _run(programs / "mteb-bot", "check", CONFIG)
    assert (checked.returncode, checked.stdout) == (0, "1 file checked, no problems\n")
    refused = _run(programs / "mteb-runner", "evaluate", CONFIG, "--output", tmp_path / "out")
    assert refused.returncode == 3
    assert "is not installed here" in refused.stderr
    assert "Traceback" not in refused.stderr


def _run(program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
