"""What is there before the story begins: a board with tasks and one model's results, a Hub with model and data."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from examples.bbc_news import write_tables
from examples.packaged_models import minilm_folder, save_wordllama
from tests.harness.world import Environment, World
from tests.standins.hub.app import LocalHub

BOARD = "lab/board"
_OWN = Path(__file__).with_name("board")
MAINTAINER, HUB_BOT = "mia", "mteb-bot"
MODEL = "sentence-transformers/all-MiniLM-L6-v2"
REVISION = "8b3219a92973c328a8e22fadcfa821b5dc75636a"
DATA = "lab/bbc-news"
_TRAINING, _EVALUATED = 200, 300  # articles; a story shall take minutes on a CPU
_NOT_YET = "0" * 40


class CannotPrepare(Exception):
    """The model that the board has results of could not be evaluated."""


def prepare(world: World, folder: Path) -> None:
    """Let a world have all of it; `folder` is for what is made on the way.

    Raises:
        CannotPrepare: the runner failed.
    """
    world.github.world.dated_commits = True  # the daily check asks when results came
    token = world.hub.add_token(HUB_BOT, write=[])
    world.settings.environments["hub"] = Environment({"HF_TOKEN": token})
    data = _fill_hub(world.hub, folder / "bbc-news")
    world.push_main(_board_files(world.hub_server.url, data, folder / "board"), MAINTAINER)


def _fill_hub(hub: LocalHub, folder: Path) -> str:
    """Put the model and BBC News on the Hub; returns the data set's commit."""
    hub.create_model(MODEL, _files(minilm_folder()), revision=REVISION)
    write_tables(folder, training=_TRAINING, evaluated=_EVALUATED)
    return hub.create_dataset(DATA, _files(folder)).revision


def _board_files(hub_url: str, data_revision: str, folder: Path) -> dict[str, bytes]:
    """Tasks, settings, and the results of wordllama, which are measured now: seconds.

    Raises:
        CannotPrepare: the runner failed.
    """
    shutil.copytree(_OWN / "tasks", folder / "tasks")
    for task in (folder / "tasks").iterdir():
        task.write_text(task.read_text(encoding="utf-8").replace(_NOT_YET, data_revision))
    shutil.copy(_OWN / "wordllama.yaml", folder)
    command = [
        sys.executable, "-m", "runners", "evaluate", str(folder / "wordllama.yaml"),
        "--output", str(folder / "out"), "--model-path", str(save_wordllama(folder / "wordllama")),
    ]  # fmt: skip
    known = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = known | {"HF_ENDPOINT": hub_url, "HF_HOME": str((folder / "cache").resolve())}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 -- our own program
    if ended.returncode:
        raise CannotPrepare(ended.stderr[-2000:])
    found = {f"tasks/{path.name}": path.read_bytes() for path in (folder / "tasks").iterdir()}
    results = folder / "out" / "results"
    found |= {f"results/{path}": (results / path).read_bytes() for path in _files(results)}
    settings = ".github/mteb-bot.yml"
    return {**found, settings: (_OWN / settings).read_bytes()}


def submission(name: str) -> dict[str, bytes]:
    """Ann's file, `broken` or `mended`, at its place on the board."""
    return {f"models/{MODEL}.yaml": (_OWN / "submission" / f"{name}.txt").read_bytes()}


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
