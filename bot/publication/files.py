"""What is to be put in a repository: bytes at hand, or a large file on this machine."""

from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path


@dataclass(frozen=True)
class StoredFile:
    """A file that is too large to be held in memory. `blob` is what git would call its content."""

    path: Path
    size: int
    sha256: str
    blob: str


Content = bytes | StoredFile


def size_of(content: Content) -> int:
    """How many bytes it has."""
    return len(content) if isinstance(content, bytes) else content.size


def blob_ids(content: Content) -> frozenset[str]:
    """What git may call it: the content itself, or the pointer to it in large-file storage."""
    if isinstance(content, bytes):
        digest = sha256(content).hexdigest()
        return frozenset({blob_id(content), blob_id(_pointer(digest, len(content)))})
    return frozenset({content.blob, blob_id(_pointer(content.sha256, content.size))})


def blob_id(content: bytes) -> str:
    """What git calls a file with this content."""
    return sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _pointer(digest: str, size: int) -> bytes:
    """What git holds of a large file (git-lfs, docs/spec.md)."""
    return (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n".encode()
    )
