"""git against the local Hub: clone, fetch and push, and what its hooks decline."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.hub_world import MODEL, README, World, propose, world

__all__ = ["world"]

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@localhost",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@localhost",
}


def run(folder: Path, *arguments: str) -> str:
    """Run git; stdout and stderr together. Raises CalledProcessError."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=_ENVIRONMENT, check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ).stdout  # fmt: skip


def url_of(world: World, token: str | None, name: str = "org/model") -> str:
    user = f"anybody:{token}@" if token else ""
    return f"{world.server.url.replace('://', f'://{user}')}/{name}"


def commit(folder: Path, path: str, content: bytes, message: str = "By git") -> None:
    (folder / path).write_bytes(content)
    run(folder, "add", path)
    run(folder, "commit", "--quiet", "-m", message)


def declined(folder: Path, *refspecs: str) -> str:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(folder, "push", "--quiet", "origin", *refspecs)
    return caught.value.stdout


@pytest.fixture
def clone(world: World, tmp_path: Path) -> Path:
    """The bot's clone, at its pull request."""
    propose(world.bot)
    folder = tmp_path / "clone"
    run(tmp_path, "clone", "--quiet", url_of(world, world.bot.token), str(folder))
    run(folder, "fetch", "--quiet", "origin", "refs/pr/1:pr/1")
    run(folder, "checkout", "--quiet", "pr/1")
    return folder


def test_anyone_clones_and_only_pull_requests_asked_for_are_fetched(
    world: World, tmp_path: Path
) -> None:
    propose(world.bot)
    run(tmp_path, "clone", "--quiet", f"{url_of(world, None)}.git", "clone")
    folder = tmp_path / "clone"
    assert (folder / "README.md").read_bytes() == README
    assert not (folder / "results.json").exists()
    assert "refs/pr/1" in run(folder, "ls-remote", "origin")


def test_a_merge_of_main_is_pushed_to_the_pull_request(world: World, clone: Path) -> None:
    world.hub.commit("org/model", {"config.json": b"{}"}, "ann")
    run(clone, "fetch", "--quiet", "origin", "main")
    run(clone, "merge", "--quiet", "--no-edit", "FETCH_HEAD")
    run(clone, "push", "--quiet", "origin", "HEAD:refs/pr/1")
    pull = world.hub.state("org/model")["pulls"][0]
    assert pull["contains_main"]
    assert set(pull["files"]) == {".gitattributes", *MODEL, "results.json"}
    events = world.anyone.get_discussion_details("org/model", 1).events
    assert [event.type for event in events] == ["comment", "commit", "commit"]
    assert (events[-1].author, events[-1].oid) == (
        "mteb-bot",
        run(clone, "rev-parse", "HEAD").strip(),
    )


def test_only_fast_forwards_are_taken(world: World, clone: Path) -> None:
    world.hub.edit_pull_file("org/model", 1, "config.json", b"{}", "ann")
    commit(clone, "a.json", b"{}")
    before = world.hub.state("org/model")
    assert "rejected" in declined(clone, "HEAD:refs/pr/1")
    assert "non-fast-forward" in declined(clone, "+HEAD:refs/pr/1")
    assert "deletion prohibited" in declined(clone, ":refs/pr/1")
    assert world.hub.state("org/model") == before


def test_a_push_to_main_or_to_anothers_pull_request_is_declined(world: World, clone: Path) -> None:
    commit(clone, "a.json", b"{}")
    before = world.hub.state("org/model")
    assert "you cannot push to this ref" in declined(clone, "HEAD:refs/heads/main")
    assert "another ref was refused" in declined(clone, "HEAD:refs/pr/1", "HEAD:refs/heads/main")
    run(clone, "remote", "set-url", "origin", url_of(world, world.stranger.token))
    assert "you cannot push to this ref" in declined(clone, "HEAD:refs/pr/1")
    run(clone, "remote", "set-url", "origin", url_of(world, None))
    assert "could not read Username" in declined(clone, "HEAD:refs/pr/1")
    run(clone, "remote", "set-url", "origin", url_of(world, "hf_wrong"))
    assert "Authentication failed" in declined(clone, "HEAD:refs/pr/1")
    assert world.hub.state("org/model") == before
    run(clone, "remote", "set-url", "origin", url_of(world, world.owner.token))
    run(clone, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    assert "a.json" in world.hub.state("org/model")["files"]


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        (
            "README.md",
            b"---\nlicense: own\n---\n",
            'Error: "license" must be one of',
        ),
        ("image.png", b"\0" * 2_000_000, "image.png (ref: refs/pr/1)"),
        (
            "w.bin",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n",
            "LFS pointer pointed to a file that does not exist",
        ),
    ],
)
def test_hooks_decline_what_the_hub_does_not_take(
    world: World, clone: Path, path: str, content: bytes, said: str
) -> None:
    before = world.hub.state("org/model")
    commit(clone, path, content)
    output = declined(clone, "HEAD:refs/pr/1")
    assert said in output
    assert "pre-receive hook declined" in output
    assert world.hub.state("org/model") == before


def test_a_private_repository_is_cloned_by_its_readers_only(world: World, tmp_path: Path) -> None:
    world.hub.create_model("org/private", MODEL, private=True)
    reader = world.hub.add_token("rob", read=["org"], write=[])
    run(tmp_path, "clone", "--quiet", url_of(world, reader, "org/private"))
    with pytest.raises(subprocess.CalledProcessError):
        run(tmp_path, "clone", "--quiet", url_of(world, world.bot.token, "org/private"), "other")
