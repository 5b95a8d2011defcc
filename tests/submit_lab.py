"""A results repository on the local GitHub, and `mteb-bot submit` run against it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github
from submit_made import REVISION, TEMPLATE, files, result, write_config, write_files
from werkzeug import Request, Response

from bot.cli import main
from tests.standins.faults import Fault
from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.github.forking import delete
from tests.standins.server import Server

NAME, FORK, BRANCH = "lab/results", "bot/results", "mteb-bot/org__name"
DE, EN = ("test", "de"), ("test", "en")
TWO = [result("STS12", 0.5), result("STS13", 0.6)]


@dataclass
class Ran:
    """What one run of the command left."""

    code: int
    out: str
    err: str
    outcome: dict[str, Any] | None
    requests: list[str]
    writes: list[str]


@dataclass
class Lab:
    """A results repository, the bot's results on this machine, and the command."""

    server: Server
    github: LocalGithub
    folder: Path
    capsys: pytest.CaptureFixture[str]
    token: str = ""

    def submit(
        self, *results, fault: Fault | None = None, more=(), revision=REVISION, held=None
    ) -> Ran:
        """Run the command on results of our model."""
        held = held if held is not None else files(*results, revision=revision)
        mine = write_files(self.folder / f"mine-{len(list(self.folder.iterdir()))}", held)
        config = write_config(self.folder / "config.yaml", revision=revision)
        self.server.clear()
        if fault:
            self.server.inject(fault)
        outcome = self.folder / "outcome.json"
        outcome.unlink(missing_ok=True)
        code = main(
            ["submit", str(config), "--results", str(mine), "--repository", NAME,
             "--fork", FORK, "--outcome", str(outcome), *more]
        )  # fmt: skip
        said = self.capsys.readouterr()
        log = list(self.server.log)
        return Ran(
            code,
            said.out,
            said.err,
            json.loads(outcome.read_text()) if outcome.exists() else None,
            [f"{each.method} {each.path}" for each in log],
            [f"{each.method} {each.path}" for each in log if each.writes],
        )

    def start_over(self) -> None:
        """No fork and no pull request, as before the first run."""
        self.github.world.repository(NAME).pulls.clear()
        delete(self.github.world, self.github.world.repository(FORK))

    def merge(self) -> None:
        """Merge pull request 1, as a maintainer does."""
        owner = Github(auth=Auth.Token(self.github.add_token("lab")), base_url=self.server.url)
        owner.get_repo(NAME).get_pull(1).merge()

    def branch(self) -> dict[str, bytes]:
        """The files on the bot's branch."""
        return self.github.world.repository(FORK).git.files(f"refs/heads/{BRANCH}")

    def main(self) -> dict[str, bytes]:
        """The files on the results repository's main."""
        return self.github.world.repository(NAME).git.files()

    def changed(self) -> dict[str, bytes]:
        """What the bot's branch has that main has not, or has otherwise."""
        there = self.main()
        return {path: data for path, data in self.branch().items() if there.get(path) != data}


@dataclass
class Meanwhile:
    """The local GitHub, on which something happens right before the first request of some kind."""

    github: LocalGithub
    before: str
    happens: Callable[[], object]

    def answer(self, request: Request) -> Response:
        """Act on a request."""
        if self.before and f"{request.method} {request.path}".startswith(self.before):
            self.before = ""
            self.happens()
        return self.github.answer(request)


@contextmanager
def local_lab(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Lab]:
    """A results repository with one model of others, and the bot's token."""
    with serve_github(folder / "github") as (server, github):
        others = files(result("STS12"), model="other/model")
        template = {".github/pull_request_template.md": TEMPLATE.encode()}
        github.create_repository(NAME, {"README.md": b"results", **others, **template})
        lab = Lab(server, github, folder / "lab", capsys)
        lab.folder.mkdir()
        monkeypatch.setenv("GITHUB_TOKEN", github.add_token("bot"))
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.001")
        monkeypatch.setenv("MTEB_BOT_TIMEOUT", "2")
        yield lab


def twice(lab: Lab, *results, **options) -> Ran:
    """The first of two runs; the second must write nothing and end in the same state."""
    first = lab.submit(*results, **options)
    state = lab.github.state(NAME)
    second = lab.submit(*results, **options)
    assert second.writes == []
    assert lab.github.state(NAME) == state
    return first
