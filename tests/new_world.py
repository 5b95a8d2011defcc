"""An empty project and a served Hub for the tests of `mteb-bot new`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.check import check_file
from bot.cli import main
from tests.open_model import World, enter_project, open_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(server, hub, a token)."""
    with open_hub(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def project(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty project, the current folder; the bot knows the Hub."""
    enter_project(tmp_path, hub[0].url, monkeypatch)
    hub[0].clear()
    yield tmp_path
    hub[0].clear()


@pytest.fixture
def draft(hub: Any) -> Callable[..., tuple[str, list[str]]]:
    """Make a world's repository and draft its config: (the file's text, the rules it breaks)."""

    def draft_world(world: World, *options: str) -> tuple[str, list[str]]:
        world.create(hub[1])
        path = Path(f"models/acme/{world.name}.yaml")
        assert main(["new", f"acme/{world.name}", *options]) == 0
        return path.read_text(), [problem.rule for problem in check_file(path)]

    return draft_world
