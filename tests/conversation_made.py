"""A pull request on a local GitHub, a checkout of it, and `mteb-bot report` as a workflow step runs it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from made import outcome, report_data

from bot.cli import main
from tests.standins.github.app import LocalGithub
from tests.standins.github.world import CheckRun
from tests.standins.server import Exchange, Server

BOARD, CONFIG, OTHER_CONFIG = "lab/board", "models/org/name.yaml", "models/org/other.yaml"
BOT = "github-actions[bot]"
PERMISSIONS = {"pull_requests": "write", "checks": "write", "issues": "write", "contents": "read"}
REVISION = "1" * 40


def config(model: str = "org/name", **more: Any) -> bytes:
    """A valid model config."""
    data = {
        "schema_version": 1,
        "model": model,
        "revision": REVISION,
        "license": "mit",
        "languages": ["eng"],
        "evaluate": {"tasks": ["STSBenchmark", "STS12"]},
        **more,
    }
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items()).encode()


@dataclass
class Board:
    """A repository with one pull request from a fork; `say` runs the command against it."""

    server: Server
    github: LocalGithub
    folder: Path
    patch: pytest.MonkeyPatch
    number: int
    sha: str
    root: Path = field(init=False)
    page: Path = field(init=False)

    def __post_init__(self) -> None:
        self.root, self.page = self.folder / "checkout", self.folder / "summary.md"
        self.page.touch()
        self.use_token(PERMISSIONS)
        environment = {
            "GITHUB_API_URL": self.server.url,
            "GITHUB_REPOSITORY": BOARD,
            "GITHUB_STEP_SUMMARY": str(self.page),
            "MTEB_BOT_FIRST_WAIT": "0.01",
            "MTEB_BOT_TIMEOUT": "5",
        }
        for name, value in environment.items():
            self.patch.setenv(name, value)

    def use_token(self, permissions: Mapping[str, str]) -> None:
        """Let the bot write with a token of these permissions."""
        self.patch.setenv("GITHUB_TOKEN", self.github.add_token(BOT, permissions, BOARD))

    def write(self, name: str = CONFIG, content: bytes | None = None) -> None:
        """Put a file into the checkout."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(config() if content is None else content)

    def push(self) -> str:
        """Somebody pushes to the pull request's branch; the new head."""
        sha = self.github.push("ann/board", "add-model", {"models/README.md": b"pushed\n"})
        self.sha = self.github.pull(BOARD, self.number).head_sha
        assert self.sha == sha
        return sha

    def forget(self) -> None:
        """Take away what was said, as if the pull request were a new one."""
        pull = self.github.pull(BOARD, self.number)
        pull.comments.clear()
        pull.labels.clear()

    def say(self, state: str, *more: object, about: str = CONFIG, sha: str = "") -> int:
        """Run the command; its exit code."""
        self.server.clear()
        return self.say_on(state, *more, about=about, sha=sha)

    def say_on(self, state: str, *more: object, about: str = CONFIG, sha: str = "") -> int:
        """The same, with the faults that are injected."""
        words = ["report", state, "--pull", self.number, "--sha", sha or self.sha]
        return main([str(word) for word in (*words, "--config", about, "--root", self.root, *more)])

    def add_check(self, app: str, run: Mapping[str, str]) -> None:
        """A check run that some app makes on the head."""
        self.github.add_user(app)
        repository, now = self.github.world.repository(BOARD), "2026-01-01T00:00:00Z"
        made = {"id": self.github.world.next_id(), "head_sha": self.sha, "app": app}
        repository.checks.append(CheckRun(**made, **run, started_at=now))

    def measured(self, score: float = 0.8, name: str = "results", **more: Any) -> Path:
        """A runner's output folder for the config in the checkout."""
        data = report_data(
            outcome("STSBenchmark", score, task_type="STS"), outcome("STS12", 0.7, task_type="STS")
        )
        return self.results({**data, **more}, name)

    def results(self, data: dict[str, Any], name: str = "results") -> Path:
        """A runner's output folder with this report, of the config in the checkout."""
        data["model"] |= {"revision": REVISION}
        digest = sha256((self.root / CONFIG).read_bytes()).hexdigest()
        data["provenance"]["config_sha256"] = digest
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "report.json").write_text(json.dumps(data))
        return folder

    @property
    def pull(self) -> dict[str, Any]:
        """The pull request as a person sees it."""
        return self.github.state(BOARD)["pulls"][0]

    @property
    def comments(self) -> list[dict[str, Any]]:
        """What the bot said, in order."""
        return [comment for comment in self.pull["comments"] if comment["author"] == BOT]

    @property
    def comment(self) -> dict[str, Any]:
        """The only thing the bot said."""
        (only,) = self.comments
        return only

    @property
    def labels(self) -> list[str]:
        """The labels of the pull request."""
        return self.pull["labels"]

    def checks(self, sha: str = "") -> list[dict[str, Any]]:
        """The check runs of a commit, by default of the head."""
        return self.github.state(BOARD)["checks"].get(sha or self.sha, [])

    def check(self, sha: str = "") -> dict[str, Any]:
        """Its only check run."""
        (only,) = self.checks(sha)
        return only

    @property
    def requests(self) -> list[Exchange]:
        """What the last command asked of GitHub."""
        return self.server.log

    @property
    def writes(self) -> list[str]:
        """What it wrote, as methods and paths without the repository."""
        return [
            f"{one.method} {one.path.removeprefix(f'/repos/{BOARD}/')}"
            for one in self.requests
            if one.writes
        ]


@contextmanager
def open_board(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Board]:
    """A board whose pull request adds one valid config; at the end, all exchanges must have been as described."""
    github = _template()[1].copy(folder / "github")
    with Server(github) as server:
        pull = github.pull(BOARD, 1)
        board = Board(server, github, folder, patch, pull.number, pull.head_sha)
        board.write()
        yield board
    github.check()


@cache
def _template() -> tuple[TemporaryDirectory[str], LocalGithub]:
    """Made once, as git takes its time; the folder lives as long as the process."""
    folder = TemporaryDirectory(prefix="board-")
    github = LocalGithub(Path(folder.name) / "github")
    github.add_user("ann")
    github.create_repository(BOARD, files={"README.md": b"# board\n"})
    github.fork(BOARD, "ann")
    github.push("ann/board", "add-model", {CONFIG: config()})
    github.open_pull(BOARD, head="ann:add-model", title="Add org/name", author="ann")
    return folder, github
