"""A served GitHub for the tests of the stand-in; the module that imports the fixtures defines `seed`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github import GithubException
from github.Repository import Repository

from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.github.clients import client
from tests.standins.server import Server

BOT = "github-actions[bot]"
MAY = {"pull_requests": "write", "issues": "write", "checks": "write", "statuses": "write"}


@pytest.fixture
def served(seed: LocalGithub, tmp_path: Path) -> Iterator[tuple[Server, LocalGithub]]:
    """A copy of the seed, served."""
    with serve_github(tmp_path / "github", seed) as (server, github):
        yield server, github


@pytest.fixture
def github(served: tuple[Server, LocalGithub]) -> LocalGithub:
    """What is served."""
    return served[1]


@pytest.fixture
def bot(served: tuple[Server, LocalGithub]) -> Repository:
    """The board as the bot sees it."""
    server, github = served
    return client(server, github.add_token(BOT, MAY, "lab/board")).get_repo("lab/board")


def board_with_a_pull(folder: Path) -> LocalGithub:
    """A board, and a pull request from Ann's fork."""
    github = LocalGithub(folder)
    github.create_repository("lab/board", {"README.md": b"hello\n"}, labels={"queued": "c5def5"})
    github.fork("lab/board", "ann")
    github.push("ann/board", "model", {"models/x.yaml": b"model: x\n"})
    github.open_pull("lab/board", "ann:model", "Add x", "ann")
    return github


def refusal(call: Any, *arguments: Any, **more: Any) -> GithubException:
    """The exception of a call that GitHub refuses."""
    with pytest.raises(GithubException) as refused:
        call(*arguments, **more)
    return refused.value


def refused(call: Any, *arguments: Any, **more: Any) -> tuple[int, str]:
    """Status and words of a refusal."""
    error = refusal(call, *arguments, **more)
    return error.status, error.data["message"]
