"""What the Hub or the machine refuses: told in one message that says what to do."""

import shutil
from base64 import b64encode

import pytest
from publish_world import BOT, FILES, README, meanwhile, new_world


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def test_a_token_that_may_not_speak_is_told(world, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", world.hub.add_token("silent", discuss=False))
    said = world.publish(code=3)
    assert said.err == (
        "mteb-bot: no pull request on org/name: the Hub refused (HTTP 403): Your token does not have the rights to "
        "take part in discussions\n"
        "  fix: let the token in HF_TOKEN take part in discussions and pull requests there\n"
    )
    assert world.pulls == []


def test_a_token_that_lost_its_rights_is_told_when_it_pushes(world):
    world.publish()
    world.owner_commits({"README.md": README + b"More.\n"})
    tokens = world.hub.hub.tokens
    value, token = next((v, t) for v, t in tokens.items() if t.user == BOT)
    meanwhile(
        world, "/resolve/", lambda: tokens.update({value: type(token)(
            value, BOT, token.read, token.write, discuss=False)})
    )  # fmt: skip
    said = world.publish(code=3)
    assert "no pull request on org/name: the Hub refused git (HTTP 403)" in said.err


def test_an_unknown_token_is_told(world, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_unknown")
    assert "the Hub refused (HTTP 401)" in world.publish(code=3).err


def test_a_missing_or_private_repository_is_the_submissions_fault(world):
    world.model.private = True
    said = world.publish(code=1)
    assert said.err.startswith(
        "mteb-bot: org/name cannot be read on the Hub: the Hub refused (HTTP 404)"
    )
    assert "must exist under this name, be public or one that the token may read" in said.err


def test_a_gated_repository_is_too(world):
    world.model.gated = "manual"
    said = world.publish(code=1)
    assert "org/name cannot be read on the Hub: the Hub refused git (HTTP 403)" in said.err


def test_metadata_that_the_hub_does_not_take_is_told(tmp_path, monkeypatch, capsys):
    readme = README.replace(b"license: mit", b"license: [mit, {a: b}]")
    with new_world(tmp_path, monkeypatch, capsys, {**FILES, "README.md": readme}) as world:
        said = world.publish(code=1)
        assert "the Hub does not take the metadata of README.md" in said.err
        assert "mend the front matter of the model's README on the Hub" in said.err
        assert world.pulls == []


def test_a_readme_without_end_is_refused(world):
    world.owner_commits({"README.md": b"x" * (8 * 1024 * 1024 + 1)})
    assert "README.md on the Hub has more than 8,388,608 bytes" in world.publish(code=3).err


def test_a_readme_that_is_a_symbolic_link_is_refused(world):
    git = world.model.git
    link = git.write_blob(b"docs/README.md")
    tree = git.git("mktree", stdin=f"120000 blob {link}\tREADME.md\n".encode()).decode().strip()
    commit = git.git("commit-tree", tree, "-p", "refs/heads/main", "-m", "Link it").decode().strip()
    git.git("update-ref", "refs/heads/main", commit)
    world.mains.append(commit)
    said = world.publish(code=1)
    assert said.err == (
        "mteb-bot: README.md of the model is a symbolic link\n  fix: put the text itself in its place\n"
    )
    assert world.pulls == []


def test_what_the_hub_objects_to_in_the_repository_is_not_blamed_on_the_token(world):
    world.owner_commits({"mteb_results": b"a file where the folder is to be"})
    said = world.publish(code=3)
    assert "mteb_results is a file" in said.err
    assert (
        "fix: change what the Hub objects to in the model's repository, and run again" in said.err
    )


def test_a_machine_without_git_is_told(world, monkeypatch):
    monkeypatch.setenv("PATH", str(world.folder))
    said = world.publish(code=3)
    assert said.err == "mteb-bot: git is not installed here\n  fix: install git 2.38 or newer\n"


def test_git_shows_the_token_nowhere_and_obeys_no_settings(world, monkeypatch):
    folder = world.folder / "bin"
    folder.mkdir()
    script = folder / "git"
    script.write_text(
        "#!/bin/sh\n"
        'if [ -n "$GIT_HTTP_LOW_SPEED_LIMIT" ]; then\n'  # the bot's git, not the Hub's
        f'  printf "%s\\n" "$@" >> {folder}/argv; env >> {folder}/env\nfi\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    script.chmod(0o755)
    (folder / ".gitconfig").write_text('[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://\n')
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / ".gitconfig"))
    world.publish()
    world.owner_commits({"README.md": README + b"More.\n"})
    assert world.publish().out.startswith("updated: ")
    token = next(value for value, token in world.hub.hub.tokens.items() if token.user == BOT)
    argv, environment = (folder / "argv").read_text(), (folder / "env").read_text()
    assert "push" in argv.splitlines()
    assert token not in argv + environment
    assert b64encode(f"mteb-bot:{token}".encode()).decode() not in argv
    assert b64encode(f"mteb-bot:{token}".encode()).decode() in environment
