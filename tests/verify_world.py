"""A served Hub with a published model, and `mteb-bot verify` run against it; the importing module defines `hub`."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from verify_made import MODEL

from bot.cli import main
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server


@pytest.fixture
def server(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The Hub, known to the bot, and no other service."""
    for name in ("HF_TOKEN", "GITHUB_TOKEN", "MTEB_RESULTS_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    with Server(hub) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        hub.check()


@pytest.fixture
def verify(
    server: Server,  # noqa: ARG001 -- the Hub has to be served
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run the command: exit code, and what it said as JSON."""

    def run(*arguments: object) -> tuple[int, dict[str, Any]]:
        code = main(["verify", MODEL, "--format", "json", *map(str, arguments)])
        said = capsys.readouterr()
        assert not said.err
        return code, json.loads(said.out)

    return run
