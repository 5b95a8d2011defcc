"""A board with its secrets, which can be kept at one moment: each kill begins where it matters, not at the beginning."""

import random
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.harness.world import GPU, Environment, Seed, Settings, World
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


class Board(World):
    """A board with the Hub's token: a new one, or as it was kept."""

    def __init__(self, folder: Path, ports: Ports, seed: Seed | None = None) -> None:
        super().__init__(folder, seed=seed, settings=Settings(runners=[GPU]))
        self.github_server = Server(self.github, ports.github)
        self.hub_server = Server(self.hub, ports.hub)
        self.state.still = self.github_server.still
        known = [token.value for token in self.hub.hub.tokens.values() if token.user == HUB_BOT]
        token = known[0] if known else self.hub.add_token(HUB_BOT, write=[])
        self.settings.environments["hub"] = Environment({"HF_TOKEN": token})

    def keep(self, folder: Path) -> Seed:
        """A copy; nothing must go on."""
        assert not self.state.unfinished
        github, hub = self.github.copy(folder / "github"), self.hub.copy(folder / "hub")
        return Seed(github, hub, self.passed)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) != 0
