"""A model on a local Hub, its owner, and `mteb-bot publish` run against it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from made import outcome, report_data

from bot.cli import main
from tests.standins.hub.app import LocalHub
from tests.standins.hub.clients import online
from tests.standins.hub.state import Repository
from tests.standins.server import Exchange, Server

MODEL, OWNER, BOT = "org/name", "owner", "mteb-bot"
README = b"---\nlicense: mit\nlanguage: en\n---\n\n# A model\n\nWritten by hand.\n"
FILES = {"README.md": README, "config.json": b"{}", "model.safetensors": b"\0" * 64}


@dataclass(frozen=True)
class Said:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str
    requests: tuple[Exchange, ...] = ()

    @property
    def writes(self) -> list[str]:
        """Requests that may change something, read-only ones of git and of the Hub left out."""
        reads = ("git-upload-pack", "/paths-info/", "/validate-yaml", "/preupload/", "batch")
        return [
            f"{each.method} {each.path.partition('?')[0]}"
            for each in self.requests
            if each.writes and not any(part in each.path for part in reads)
        ]


@dataclass
class World:
    """The Hub, and the folder the runner left."""

    folder: Path
    server: Server
    hub: LocalHub
    capsys: Any
    mains: list[str]  # every commit main was at
    settings: dict[str, bool] = field(default_factory=lambda: {"radar_chart": False})

    @property
    def model(self) -> Repository:
        """The model's repository."""
        return self.hub.hub.find(MODEL)

    @property
    def state(self) -> dict[str, Any]:
        """All that a person could see of it."""
        return self.hub.state(MODEL)

    @property
    def pulls(self) -> list[dict[str, Any]]:
        """The pull requests, first to last."""
        return self.state["pulls"]

    def measure(self, *scores: float, **more: Any) -> None:
        """Leave a config, and the report of a run with these scores."""
        names = ["STSBenchmark", "STS12", "STS13"]
        self.measure_tasks(dict(zip(names, scores, strict=False)), **more)

    def measure_tasks(self, scores: dict[str, float], **more: Any) -> None:
        """The same for any tasks."""
        revision = self.model.git.resolve(self.mains[0])
        config = json.dumps({
            "schema_version": 1, "model": MODEL, "revision": revision, "license": "mit",
            "languages": ["eng"], "evaluate": {"tasks": list(scores)}, "publish": self.settings,
        }).encode()  # fmt: skip
        self.config.write_bytes(config)
        data = report_data(
            *(outcome(task, score, task_type="STS") for task, score in scores.items()), **more
        )
        data["model"] |= {"name": MODEL, "revision": revision}
        data["provenance"]["config_sha256"] = sha256(config).hexdigest()
        self.results.mkdir(exist_ok=True)
        (self.results / "report.json").write_text(json.dumps(data))

    @property
    def config(self) -> Path:
        """The model config."""
        return self.folder / "name.yaml"

    @property
    def results(self) -> Path:
        """The runner's output folder."""
        return self.folder / "results"

    def publish(self, *more: str, code: int = 0) -> Said:
        """Run the command."""
        self.server.log.clear()
        words = ["publish", str(self.config), "--results", str(self.results), *more]
        ended = main(words)
        printed = self.capsys.readouterr()
        self.hub.check()
        said = Said(ended, printed.out, printed.err, tuple(self.server.log))
        assert ended == code, f"{said.out}{said.err}"
        assert "hf_0" not in printed.out + printed.err
        assert self.model.revision == self.mains[-1], "the bot moved main"
        return said

    def owner_commits(self, files: dict[str, bytes | None]) -> str:
        """The owner changes main."""
        self.mains.append(self.hub.commit(MODEL, files, OWNER))
        return self.mains[-1]

    def owner_merges(self, number: int) -> None:
        """The owner merges a pull request."""
        self.mains.append(self.hub.merge_pull(MODEL, number, OWNER))

    def description_id(self, number: int) -> str:
        """The first comment of a pull request."""
        return self.model.discussions[number].comments[0].id

    def read(self, path: str, number: int | None = None) -> bytes:
        """A file of main or of a pull request."""
        ref = f"refs/pr/{number}" if number else "refs/heads/main"
        return self.model.git.read(ref, path)

    def paths(self, number: int | None = None) -> list[str]:
        """The files there."""
        return sorted(self.model.git.files(f"refs/pr/{number}" if number else "refs/heads/main"))


@contextmanager
def new_world(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
    files: dict[str, bytes] | None = None,
) -> Iterator[World]:
    """A public model that the bot may open pull requests on, and a first report."""
    hub = LocalHub(folder / "hub")
    hub.add_user(OWNER)
    model = hub.create_model(MODEL, files=files or FILES)
    with Server(hub) as server, online(folder / "home"):
        environment = {
            "HF_ENDPOINT": server.url,
            "HF_TOKEN": hub.add_token(BOT),
            "MTEB_BOT_TIMEOUT": "1",
            "MTEB_BOT_FIRST_WAIT": "0.01",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        world = World(folder, server, hub, capsys, [model.revision])
        world.measure(0.8, 0.7)
        yield world


def meanwhile(world: World, path: str, act: Callable[[], object]) -> None:
    """Let somebody act once, after a request of that path was answered."""

    def watch(exchange: Exchange) -> None:
        if path in exchange.path:
            world.server.watch = None
            act()

    world.server.watch = watch
