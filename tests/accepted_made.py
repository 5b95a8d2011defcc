"""A board's checkout, and results that came into it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from made import REVISION
from verify_made import MODEL, card


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A board that has accepted nothing yet."""
    folder = tmp_path / "board"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def git(board: Path, *arguments: str, date: str = "") -> None:
    """Run git there."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": date}
    person = ("-c", "user.name=board", "-c", "user.email=board@localhost")
    subprocess.run(["git", "-C", str(board), *person, *arguments], env=environment, check=True)


def accept(board: Path, model: str = MODEL, date: str = "", sts: float = 0.8203247283) -> None:
    """Commit the results of a model."""
    accept_files(board, card(sts).files, model, date=date)


def accept_files(
    board: Path, files: Mapping[str, bytes], model: str, revision: str = REVISION, date: str = ""
) -> None:
    """Commit the results among the files that a card comes with."""
    folder = board / "results" / model.replace("/", "__") / revision
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model_meta.json").write_text("{}")
    for path, content in files.items():
        if path.startswith("mteb_results/"):
            (folder / path.removeprefix("mteb_results/")).write_bytes(content)
    git(board, "add", ".")
    git(board, "commit", "--quiet", "--allow-empty", "-m", "Accept", date=date)
