"""The files of a commit, large ones with what their pointers say."""

from dataclasses import dataclass

from tests.standins.git_repository import GitRepository
from tests.standins.hub import errors, large_files
from tests.standins.hub.large_files import Pointer
from tests.standins.hub.state import Hub, Repository


@dataclass(frozen=True)
class File:
    """A file at a commit. `size` is that of its content, `blob` git's SHA of what git holds."""

    path: str
    blob: str
    size: int
    pointer: Pointer | None
    pointer_size: int = 0

    @property
    def etag(self) -> str:
        """The SHA of its content: SHA-256 of a large file, git's SHA-1 of another."""
        return self.pointer.sha256 if self.pointer else self.blob


@dataclass(frozen=True)
class Folder:
    """A folder at a commit."""

    path: str
    tree: str


def listing(repository: Repository, commit: str) -> tuple[File | Folder, ...]:
    """Everything in a commit, in git's order."""
    if commit not in repository.listings:
        entries = repository.git.tree(commit)
        small = [e.sha for e in entries if (e.size or 0) in range(1, large_files.MOST_IN_A_POINTER)]
        repository.blobs |= blobs(repository.git, small)
        pointers = {sha: large_files.pointer_in(repository.blobs[sha]) for sha in small}
        repository.listings[commit] = tuple(
            Folder(entry.path, entry.sha)
            if entry.size is None
            else _file(entry.path, entry.sha, entry.size, pointers.get(entry.sha))
            for entry in entries
        )
    return repository.listings[commit]


def files(repository: Repository, commit: str) -> dict[str, File]:
    """The files of a commit by path."""
    return {e.path: e for e in listing(repository, commit) if isinstance(e, File)}


def file_at(repository: Repository, commit: str, path: str) -> File:
    """One file.

    Raises:
        Refused: EntryNotFound.
    """
    try:
        return files(repository, commit)[path]
    except KeyError:
        raise errors.entry_not_found(repository.shown(commit)) from None


def content(hub: Hub, repository: Repository, file: File) -> bytes:
    """A file's whole content, from the large-file store where it is there."""
    if file.pointer:
        return hub.large_files[file.pointer.sha256].read_bytes()
    return blob(repository, file.blob)


def text_of(repository: Repository, commit: str, path: str) -> bytes | None:
    """A regular file's content; None where there is none."""
    file = files(repository, commit).get(path)
    if file is None or file.pointer:
        return None
    return blob(repository, file.blob)


def blob(repository: Repository, sha: str) -> bytes:
    """What git holds under a SHA; kept, as it can never be anything else."""
    if sha not in repository.blobs:
        repository.blobs[sha] = repository.git.git("cat-file", "blob", sha)
    return repository.blobs[sha]


def blobs(git: GitRepository, shas: list[str]) -> dict[str, bytes]:
    """Many blobs in one go."""
    if not shas:
        return {}
    output = git.git("cat-file", "--batch", stdin="\n".join(shas).encode() + b"\n")
    found, at = {}, 0
    for _ in shas:
        end = output.index(b"\n", at)
        sha, _, size = output[at:end].decode().split()
        found[sha] = output[end + 1 : end + 1 + int(size)]
        at = end + 1 + int(size) + 1
    return found


def _file(path: str, blob: str, size: int, pointer: Pointer | None) -> File:
    if pointer:
        return File(path, blob, pointer.size, pointer, pointer_size=size)
    return File(path, blob, size, None)
