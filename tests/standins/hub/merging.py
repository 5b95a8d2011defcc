"""A pull request's commits meet its base: conflicts, and the squashed commit that a merge makes."""

import subprocess

from tests.standins.git_repository import NoSuchRevision
from tests.standins.hub.errors import Refused
from tests.standins.hub.state import Discussion, Hub, Repository


def conflicts(repository: Repository, pull: Discussion) -> list[str] | bool:
    """Paths that the base and the pull request changed differently; True where they have no commit in common."""
    if pull.status == "merged":
        return []
    return not shares_history(repository, pull) or _merge_tree(repository, pull)[1]


def shares_history(repository: Repository, pull: Discussion) -> bool:
    """Whether base and pull request have a commit in common: not after the base was squashed."""
    try:
        repository.git.git("merge-base", pull.base, pull.ref)
    except NoSuchRevision:
        return False
    return True


def merge(hub: Hub, repository: Repository, pull: Discussion, author: str) -> str:
    """Squash a pull request onto its base. Returns the commit.

    Raises:
        Refused: it is a draft, closed, merged already, or in conflict.
    """
    if not pull.is_pull or pull.status != "open":
        raise Refused(400, f"This pull request cannot be merged: its status is {pull.status}")
    tree, conflicting = _merge_tree(repository, pull)
    if conflicting:
        raise Refused(409, f"This pull request has conflicts: {', '.join(conflicting)}")
    git = repository.git
    base = git.resolve(pull.base)
    message = f"{pull.title} (#{pull.number})\n\nCo-authored-by: {pull.author}"
    commit = git.git("commit-tree", "-p", base, tree, stdin=message.encode()).decode().strip()
    git.git("update-ref", pull.base, commit, base)
    repository.authors[commit] = author
    repository.dates[commit] = hub.tick()
    pull.merge_commit = commit
    return commit


def _merge_tree(repository: Repository, pull: Discussion) -> tuple[str, list[str]]:
    """The merged tree, and the paths in conflict."""
    words = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z"]
    done = subprocess.run(
        ["git", "--git-dir", str(repository.git.path), *words, pull.base, pull.ref],
        capture_output=True,
        check=False,
    )
    if done.returncode not in {0, 1}:  # 1: there are conflicts
        raise Refused(409, done.stderr.decode(errors="replace"))
    tree, *paths = done.stdout.decode().split("\0")
    return tree, sorted(set(paths) - {""})
