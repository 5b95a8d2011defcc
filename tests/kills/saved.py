"""A world kept at one moment, so that each kill begins where it matters and not at the very beginning."""

import random
import socket
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.harness.state import State
from tests.harness.world import GPU, Environment, Settings, World
from tests.standins.github.app import LocalGithub
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

HUB_BOT = "mteb-bot"
_PORTS = range(20_000, 30_000)  # no system gives them out by itself


@dataclass(frozen=True)
class Ports:
    """Where GitHub and the Hub listen: links show it, so all worlds that are compared share it."""

    github: int
    hub: int


def free_ports() -> Ports:
    """Two that nobody listens at."""
    free = (port for port in random.sample(_PORTS, 100) if _is_free(port))
    return Ports(next(free), next(free))


@dataclass(frozen=True)
class Saved:
    """GitHub and Hub as they were, how far GitHub's clock was from the real one, and the Hub bot's token."""

    github: LocalGithub
    hub: LocalHub
    passed: timedelta
    token: str


class Board(World):
    """A board with its secrets: a new one, or as it was `saved`."""

    def __init__(self, folder: Path, ports: Ports, saved: Saved | None = None) -> None:
        nothing = {"README.md": b"# A board\n"}
        super().__init__(folder, files=nothing if saved else None, settings=Settings(runners=[GPU]))
        if saved:
            self.passed = saved.passed
            self.github = saved.github.copy(folder / "saved-github")
            self.github.clock = lambda: datetime.now(UTC) + self.passed
            self.hub = saved.hub.copy(folder / "saved-hub")
        self.github_server = Server(self.github, ports.github)
        self.hub_server = Server(self.hub, ports.hub)
        repository, narrate = self.state.repository, self.state.narrate
        self.state = State(
            self.github, repository, self.github_server.still, self.settings, narrate
        )
        self.token = saved.token if saved else self.hub.add_token(HUB_BOT, write=[])
        self.settings.environments["hub"] = Environment({"HF_TOKEN": self.token})

    def save(self, folder: Path) -> Saved:
        """Keep it; nothing must go on in it."""
        assert not self.state.unfinished
        github, hub = self.github.copy(folder / "github"), self.hub.copy(folder / "hub")
        return Saved(github, hub, self.passed, self.token)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) != 0
