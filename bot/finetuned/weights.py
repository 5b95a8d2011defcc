"""What names the weights of a trained model: one digest over all of its weight files."""

from collections.abc import Iterable
from hashlib import sha256


def weights_digest(files: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over the lines that `sha256sum` writes of (name, SHA-256) of every weight file, in order of name."""
    ordered = sorted(files, key=lambda file: file[0].split("/"))
    lines = (f"{digest}  {name}\n" for name, digest in ordered)
    return sha256("".join(lines).encode()).hexdigest()
