"""The Hub's folder once more, by hard links: git and the store replace files, they never change one."""

import os
import shutil
from pathlib import Path

from tests.standins.git_repository import GitRepository
from tests.standins.hub.large_files import move_store
from tests.standins.hub.state import Hub, Repository


def copy_folder(hub: Hub, target: Path) -> Hub:
    """Move a copied Hub to a folder of its own, with everything in it. Returns it."""
    source = hub.folder
    shutil.copytree(source, target, dirs_exist_ok=True, copy_function=os.link)
    hub.folder = target
    move_store(hub, source, target)
    for repository in hub.repositories.values():
        repository.git = GitRepository(target / repository.git.path.relative_to(source))
    return hub


def duplicate(hub: Hub, source: Repository, name: str) -> Repository:
    """Another repository with the same history, and nothing else of the first one's. Quick: no git is run."""
    path = hub.git_path(source.kind, name)
    shutil.copytree(source.git.path, path, copy_function=os.link)
    made = Repository(source.kind, name, GitRepository(path))
    made.dates, made.listings = dict(source.dates), dict(source.listings)
    hub.repositories[source.kind, name.lower()] = made
    return made
