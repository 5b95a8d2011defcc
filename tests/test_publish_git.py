"""What git's failures mean: whose fault, and whether to try again."""

from base64 import b64decode
from pathlib import Path

import pytest
from werkzeug import Request, Response

from bot.hub_api.connection import HubRefused
from bot.hub_api.git import CannotRunGit, Git, GitFailed, _failure, trouble_of
from bot.retry import Trouble
from tests.standins.server import Server

URL = "https://huggingface.co/org/name/"


def unable(status: int) -> str:
    return f"fatal: unable to access '{URL}': The requested URL returned error: {status}\n"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (unable(403), 403),
        (unable(301), 301),
        (f"remote: Not found\nfatal: repository '{URL}' not found\n", 404),
        ("fatal: couldn't find remote ref refs/heads/main\n", 404),
        (f"fatal: could not read Username for '{URL}': terminal prompts disabled\n", 401),
        (f"fatal: Authentication failed for '{URL}'\n", 401),
        (" ! [remote rejected] 1 -> refs/pr/1 (pre-receive hook declined)\nerror: failed\n", 403),
    ],
)
def test_a_refusal_stays_one(said, status):
    failure = _failure(128, said.encode())
    assert isinstance(failure, HubRefused)
    assert failure.status == status


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (unable(503), Trouble("git: HTTP 503", maybe_applied=True)),
        ("error: RPC failed; HTTP 500 curl 22\n", Trouble("git: HTTP 500", maybe_applied=True)),
        (unable(429), Trouble("git: HTTP 429", maybe_applied=False)),
        (
            f"fatal: unable to access '{URL}': Failed to connect to huggingface.co port 443\n",
            Trouble("git: no connection", maybe_applied=False),
        ),
        ("fatal: early EOF\n", Trouble("git: no whole answer", maybe_applied=True)),
        ("", Trouble("git: no whole answer", maybe_applied=True)),
        (
            " ! [rejected]  1 -> refs/pr/1 (stale info)\nerror: failed to push some refs\n",
            Trouble("the pull request's branch moved meanwhile", maybe_applied=True),
        ),
        (
            " ! [remote rejected] 1 -> refs/pr/1 (cannot lock ref 'refs/pr/1': is at 2)\n",
            Trouble("the pull request's branch moved meanwhile", maybe_applied=True),
        ),
    ],
)
def test_trouble_may_pass(said, trouble):
    failure = _failure(128, said.encode())
    assert isinstance(failure, GitFailed)
    assert trouble_of(failure) == trouble


class Limited:
    """A Hub that refuses everybody for a while, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def answer(self, request: Request) -> Response:
        self.told.append(request.headers.get("Authorization", ""))
        return Response("slow down", int(request.path[1:4]), {"Retry-After": "7"})


@pytest.mark.parametrize("status", [403, 429, 503])
def test_the_wait_that_the_hub_asks_for_is_known_and_the_token_in_no_file(tmp_path: Path, status):
    with Server(Limited()) as server:
        git = Git(tmp_path, f"{server.url}/{status}", "hf_secret", 5.0)
        with pytest.raises(GitFailed) as raised:
            git.remote("fetch", "origin")
        (told,) = server.app.told
    trouble = Trouble(f"git: HTTP {status}", maybe_applied=status == 503, asked_wait=7.0)
    assert trouble_of(raised.value) == trouble
    secret = told.removeprefix("Basic ")
    assert b64decode(secret) == b"mteb-bot:hf_secret"
    written = [file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file()]
    assert any("retry-after: 7" in text.lower() for text in written)
    assert not any(secret in text or "hf_secret" in text for text in written)


def test_too_long_is_trouble_and_anything_else_is_not_gits():
    assert trouble_of(GitFailed(None, "")) == Trouble("git got no answer in time", True)
    assert trouble_of(ValueError("other")) is None


def test_an_old_git_is_told(tmp_path: Path):
    git = Git(tmp_path, URL, None, 1.0)
    with pytest.raises(CannotRunGit, match="git merge-tree failed: error: unknown option `nope'"):
        git.remote("-c", "merge.renames=false", "merge-tree", "--nope")


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(
        '#!/bin/sh\ncase "$*" in *fetch*) echo "fatal: write error: No space left on device" >&2; '
        "exit 128;; esac\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    with pytest.raises(CannotRunGit, match="git fetch failed: fatal: write error: No space left"):
        Git(tmp_path, URL, None, 1.0).remote("fetch", "origin")


def test_a_git_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch):
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *fetch*) sleep 60 & echo $! > {tmp_path}/child; wait;; esac\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    git = Git(tmp_path, URL, None, 0.05)
    with pytest.raises(GitFailed) as raised:
        git.remote("fetch", "origin")
    assert raised.value.code is None
    child = (tmp_path / "child").read_text().strip()
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"
