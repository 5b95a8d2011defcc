"""Large files: which ones they are, the pointers git holds, and the store behind them."""

import hashlib
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.standins.hub.state import Hub

LARGE = 10 * 1024 * 1024  # bytes; more is never a regular file on the Hub
LARGE_BINARY = 1024 * 1024  # bytes; binaries above are refused (huggingface_hub pull request 657)
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)
MOST_IN_A_POINTER = 200  # bytes
_ATTRIBUTE = " filter=lfs diff=lfs merge=lfs -text"
_PATTERNS = (
    "*.7z *.arrow *.bin *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.mlmodel *.model *.msgpack "
    "*.npy *.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors "
    "saved_model/**/* *.tar.* *.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents*"
)
GIT_ATTRIBUTES = "".join(f"{p}{_ATTRIBUTE}\n" for p in _PATTERNS.split()).encode()


@dataclass(frozen=True)
class Pointer:
    """What git holds instead of a large file."""

    sha256: str
    size: int

    def __bytes__(self) -> bytes:
        head = "version https://git-lfs.github.com/spec/v1"
        return f"{head}\noid sha256:{self.sha256}\nsize {self.size}\n".encode()


def pointer_in(content: bytes) -> Pointer | None:
    """The pointer that a blob is, if it is one."""
    found = _POINTER.fullmatch(content)
    return Pointer(found[1].decode(), int(found[2])) if found else None


def is_large(path: str, size: int, sample: bytes, attributes: bytes) -> bool:
    """Whether a file goes to the large-file store: by .gitattributes, by size, or as a big binary."""
    rules = (line.split() for line in attributes.decode(errors="replace").splitlines())
    patterns = [rule[0] for rule in rules if "filter=lfs" in rule[1:]]
    named = any(_matches(path, pattern) for pattern in patterns)
    return named or size > LARGE or (size > LARGE_BINARY and is_binary(sample))


def is_binary(sample: bytes) -> bool:
    """As git decides: a zero byte near the beginning."""
    return b"\0" in sample[:8000]


def put(hub: Hub, content: bytes) -> Pointer:
    """Store a file's content."""
    pointer = Pointer(hashlib.sha256(content).hexdigest(), len(content))
    if pointer.sha256 not in hub.large_files:
        path = hub.folder / "large-files" / pointer.sha256
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        hub.large_files[pointer.sha256] = path
    return pointer


def put_path(hub: Hub, path: Path) -> Pointer:
    """Serve a file from where it is, without reading it into memory."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    hub.large_files[sha256] = path.resolve()
    return Pointer(sha256, path.stat().st_size)


def move_store(hub: Hub, source: Path, target: Path) -> None:
    """After a copy: stored files are those in the copy; files served from elsewhere stay there."""
    store = source / "large-files"
    hub.large_files = {
        sha256: target / "large-files" / path.name if path.parent == store else path
        for sha256, path in hub.large_files.items()
    }


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(path if "/" in pattern else path.rsplit("/", 1)[-1], pattern)
