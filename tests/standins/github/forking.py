"""Repositories that come and go. A network of forks has one store of objects, as on GitHub."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.standins.git_repository import GitRepository
from tests.standins.github.refusals import custom
from tests.standins.github.world import Repository, World

_NOT_COPIED = ("hooks", "description", "info")  # what git makes and nobody here reads


def folder_of(folder: Path, owner: str, name: str) -> Path:
    """Where the bare repository lies."""
    return folder / owner.lower() / f"{name.lower()}.git"


def create(
    world: World, path: Path, owner: str, name: str, files: Mapping[str, bytes], now: str
) -> Repository:
    """A new repository whose main holds files."""
    git = GitRepository.create(path, files)
    git.git("config", "gc.auto", "0")  # objects that only a fork refers to must stay
    git.git("config", "receive.hideRefs", "refs/pull")  # nobody pushes there
    one = Repository(world.next_id(), owner, name, git, now)
    world.repositories[one.full_name.lower()] = one
    return one


def fork(world: World, parent: Repository, owner: str, name: str | None, now: str) -> Repository:
    """The owner's fork, made if there is none yet: all branches, and the parent's own objects.

    Raises:
        Refused: another repository has that name.
    """
    root = world.repository(parent.parent) if parent.parent else parent
    mine = [x for x in world.network(root) if x.owner == owner]
    if mine:
        return mine[0]
    name = name or parent.name
    if f"{owner}/{name}".lower() in world.repositories:
        raise custom("Repository", f"Name {name} already exists on this account")
    path = folder_of(parent.git.path.parent.parent, owner, name)
    git = _sharing(parent.git, path)
    one = Repository(world.next_id(), owner, name, git, now, private=parent.private)
    one.parent, one.default_branch = root.full_name, parent.default_branch
    world.repositories[one.full_name.lower()] = one
    return one


def _sharing(git: GitRepository, path: Path) -> GitRepository:
    path.mkdir(parents=True)
    for name in ("HEAD", "config"):
        shutil.copy(git.path / name, path / name)
    (path / "refs").mkdir()
    objects = (git.path / "objects").resolve()
    (path / "objects").symlink_to(os.path.relpath(objects, path))
    made = GitRepository(path)
    heads = git.refs("refs/heads/")
    made.git(
        "update-ref",
        "--stdin",
        stdin="".join(f"create {r} {s}\n" for r, s in heads.items()).encode(),
    )
    return made


def delete(world: World, one: Repository) -> None:
    """Forget a repository; its objects stay with the network, and its pull requests lose their head."""
    del world.repositories[one.full_name.lower()]
    if not (one.git.path / "objects").is_symlink():
        return  # the others' objects are here
    shutil.rmtree(one.git.path)
    for other in world.repositories.values():
        for pull in other.pulls.values():
            if pull.head_repository == one.full_name:
                pull.head_repository = None


def copied(git: GitRepository, old: Path, new: Path) -> GitRepository:
    """The same repository below another folder. Git replaces files, it never writes into them: links do."""
    path = new / git.path.relative_to(old)
    shutil.copytree(
        git.path,
        path,
        symlinks=True,
        copy_function=os.link,
        ignore=lambda folder, _: _NOT_COPIED if Path(folder) == git.path else (),
    )
    return GitRepository(path)
