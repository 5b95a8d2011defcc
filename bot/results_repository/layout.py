"""Where a model's results lie in a results repository, as mteb's ResultCache names folders and files."""

from collections.abc import Mapping
from hashlib import sha1, sha256

META = "model_meta.json"
SETTINGS = "run_settings.jsonl"
LARGEST_FILE = 10 * 1024 * 1024  # bytes; the repository's workflow check_file_sizes.yml


def model_folder(model: str) -> str:
    """The folder that holds all revisions of a model."""
    return f"results/{_as_path(model)}"


def revision_folder(model: str, revision: str) -> str:
    """The folder of one revision."""
    return f"{model_folder(model)}/{revision}"


def branch_of(model: str) -> str:
    """The bot's own branch for a model: one a model, so one pull request a model."""
    return f"mteb-bot/{_as_path(model)}"


def blob_sha(content: bytes) -> str:
    """The name git gives to a file of this content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def digest(files: Mapping[str, bytes]) -> str:
    """One name for a set of files by path, whatever they are committed on."""
    return digest_of_blobs({path: blob_sha(content) for path, content in files.items()})


def digest_of_blobs(blobs: Mapping[str, str]) -> str:
    """The same, of path → blob SHA."""
    lines = "".join(f"{path}\0{blobs[path]}\n" for path in sorted(blobs))
    return sha256(lines.encode()).hexdigest()


def _as_path(model: str) -> str:
    return model.replace("/", "__").replace(" ", "_")
