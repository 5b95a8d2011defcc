"""What git says about two commits: which commits and files differ, and whether they merge."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.standins.git_repository import GitRepository, NoSuchRevision

_STATUS = {"A": "added", "D": "removed", "M": "modified", "T": "changed"}


@dataclass(frozen=True)
class FileChange:
    """One file that differs. `sha` is the blob's, the old one's where it was removed."""

    path: str
    status: str
    sha: str
    additions: int
    deletions: int
    binary: bool


@dataclass(frozen=True)
class Difference:
    """What `head` has that `base` has not, since they parted. Commits: oldest first."""

    merge_base: str
    commits: tuple[str, ...]
    behind: int
    files: tuple[FileChange, ...]


def between(git: GitRepository, base: str, head: str) -> Difference:
    """Compare two commits as `base...head` does.

    Raises:
        NoSuchRevision: a commit is missing, or they share no history.
    """
    return _between(git.path, base, head)


@lru_cache(maxsize=256)  # commits do not change
def _between(path: Path, base: str, head: str) -> Difference:
    git = GitRepository(path)
    merge_base = git.git("merge-base", base, head).decode().strip()
    commits = git.git("rev-list", "--reverse", f"{base}..{head}").decode().split()
    behind = int(git.git("rev-list", "--count", f"{head}..{base}"))
    return Difference(merge_base, tuple(commits), behind, changes(git, merge_base, head))


def changes(git: GitRepository, old: str, new: str) -> tuple[FileChange, ...]:
    """The files that differ between two trees or commits, by path."""
    options = ("--no-renames", "-r", "-z")
    raw = git.git("diff-tree", *options, "--raw", "--no-abbrev", old, new).decode().split("\0")
    counts = git.git("diff-tree", *options, "--numstat", old, new).decode().split("\0")
    found = []
    for facts, path, count in zip(raw[::2], raw[1::2], counts, strict=False):
        _, _, before, after, status = facts.split()
        added, removed, _ = count.split("\t")
        binary = added == "-"
        found.append(
            FileChange(
                path,
                _STATUS[status],
                before if status == "D" else after,
                0 if binary else int(added),
                0 if binary else int(removed),
                binary,
            )
        )
    return tuple(found)


def merged_tree(git: GitRepository, base: str, head: str) -> str | None:
    """The tree that merging `head` into `base` gives; None where they conflict."""
    return _merged_tree(git.path, base, head)


@lru_cache(maxsize=256)
def _merged_tree(path: Path, base: str, head: str) -> str | None:
    try:
        return GitRepository(path).git("merge-tree", "--write-tree", base, head).decode().strip()
    except NoSuchRevision:
        return None


def is_ancestor(git: GitRepository, old: str, new: str) -> bool:
    """Whether `new` has `old` in its history."""
    try:
        git.git("merge-base", "--is-ancestor", old, new)
    except NoSuchRevision:
        return False
    return True


def patch(git: GitRepository, old: str, new: str, path: str) -> str:
    """The hunks of one file's difference."""
    whole = git.git("diff-tree", "-p", "--no-renames", old, new, "--", path).decode(
        errors="replace"
    )
    _, mark, hunks = whole.partition("\n@@")
    return mark[1:] + hunks.rstrip("\n")
