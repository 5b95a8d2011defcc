"""Bring a model's files to this machine, refuse what could run code, and fingerprint the weights."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from runners.failures import Failure, classified, is_lost_connection
from schemas.problem import shown

# Formats that execute code when loaded, or that nothing here reads.
_NEVER_FETCHED = (
    "*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.joblib", "*.npz", "*.h5",
    "*.msgpack", "*.onnx", "*.tflite", "*.gguf", "onnx/*", "openvino/*",
)  # fmt: skip
_CODE = ("*.py",)
T = TypeVar("T")
_WAITS = (1.0, 5.0, 25.0)  # seconds before another try


@dataclass(frozen=True)
class WeightFile:
    """One weight file that was read."""

    file: str
    sha256: str
    bytes: int

    def record(self) -> dict[str, Any]:
        """As the report's provenance holds it."""
        return {"file": self.file, "sha256": self.sha256, "bytes": self.bytes}


def model_folder(model: str, revision: str, given: Path | None) -> Path:
    """The folder with the model's files: `given`, or a download of exactly `revision` from the Hub.

    Raises:
        Failure: the folder or the model does not exist, or the Hub cannot be reached.
    """
    if given is not None:
        if not given.is_dir():
            raise Failure("submission", f"--model-path {given}: no such folder")
        return given
    return downloaded_model(model, revision)


def downloaded_model(
    model: str, revision: str, folder: Path | None = None, *, code: bool = False
) -> Path:
    """The folder with exactly `revision` of the model: in the Hub's cache, or the files themselves in `folder`.

    Raises:
        Failure: the model does not exist, or the Hub cannot be reached.
    """
    with _reasons(model, revision):
        return _downloaded(model, revision, folder, code=code)


def files_on_hub(model: str, revision: str, *, code: bool = False) -> dict[str, int]:
    """Every file a loader may read, with its size in bytes.

    Raises:
        Failure: the model does not exist, or the Hub cannot be reached.
    """
    from huggingface_hub import HfApi

    with _reasons(model, revision):
        about = _patiently(
            lambda: HfApi().model_info(model, revision=revision, files_metadata=True)
        )
    files = about.siblings or []
    never = left_out(code=code)
    return {
        file.rfilename: file.size or 0
        for file in files
        if not any(PurePosixPath(file.rfilename).match(pattern) for pattern in never)
    }


@contextmanager
def _reasons(model: str, revision: str) -> Iterator[None]:
    """Turn what goes wrong with the Hub into a Failure."""
    from huggingface_hub.errors import (
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        yield
    except GatedRepoError as error:
        raise Failure("submission", f"{model} is gated: this machine may not read it") from error
    except RevisionNotFoundError as error:
        raise Failure("submission", f"{model} has no commit {revision}") from error
    except RepositoryNotFoundError as error:
        raise Failure("submission", f"the Hub has no public model {model}") from error
    except LocalEntryNotFoundError as error:
        raise Failure(
            "infrastructure",
            f"{model} at {revision} is not on this machine and the Hub cannot be reached",
            "check the connection (HF_ENDPOINT, HF_HUB_OFFLINE), or pass `--model-path DIR`",
        ) from error
    except Exception as error:
        raise classified(error, "infrastructure", f"downloading {model}") from error


def _downloaded(model: str, revision: str, folder: Path | None, *, code: bool) -> Path:
    """Download; files that are complete are not fetched twice."""
    from huggingface_hub import snapshot_download

    def download() -> Path:
        never = list(left_out(code=code))
        return Path(
            snapshot_download(model, revision=revision, ignore_patterns=never, local_dir=folder)
        )

    return _patiently(download)


def _patiently(ask: Callable[[], T]) -> T:
    """`ask`, again where the connection broke."""
    for wait in _WAITS:
        try:
            return ask()
        except Exception as error:
            if not _broken_off(error):
                raise
        time.sleep(wait)
    return ask()


def _broken_off(error: Exception) -> bool:
    """Whether an answer began and did not end well; huggingface_hub itself repeats only what never began."""
    return is_lost_connection(error) or "Consistency check failed" in str(error)


def left_out(*, code: bool = False) -> tuple[str, ...]:
    """Patterns of the files that no loader gets to see; `code` where a maintainer approved the model's own."""
    return _NEVER_FETCHED if code else (*_NEVER_FETCHED, *_CODE)


def weight_files(folder: Path) -> tuple[WeightFile, ...]:
    """The safetensors files below `folder`, fingerprinted.

    Raises:
        Failure: there are none; pickled weights are not read, because loading them runs their code.
    """
    found = sorted(path for path in folder.rglob("*.safetensors") if path.is_file())
    if not found:
        raise Failure(
            "submission",
            "the model has no safetensors weights",
            "convert the weights with `model.save_pretrained(..., safe_serialization=True)`; "
            "pickled weights (.bin, .pt) can run code when they are loaded and are refused",
        )
    return tuple(_fingerprint(path, folder) for path in found)


def harmless_view(folder: Path, view: Path, *, code: bool = False) -> None:
    """Link the files of `folder` a loader may read into `view`: no pickles, no code, no links elsewhere.

    A cached download links to blobs beside its snapshots.

    Raises:
        Failure: there is any other link out of the folder, or one that leads nowhere.
    """
    shutil.rmtree(view, ignore_errors=True)
    never = left_out(code=code)
    root = folder.resolve()
    allowed = (root, root.parent.parent / "blobs") if root.parent.name == "snapshots" else (root,)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        real = path.resolve()
        hidden = any(part.startswith(".") for part in name.parts)
        if hidden or real.is_dir() or any(map(name.match, never)):
            continue
        if not real.is_file() or not any(real.is_relative_to(home) for home in allowed):
            raise Failure(
                "submission",
                f"{shown(str(name), 300)} is no file of the model, but a link elsewhere",
                "put the file itself into the model's repository",
            )
        (view / name).parent.mkdir(parents=True, exist_ok=True)
        (view / name).symlink_to(real)


def fingerprint(folder: Path) -> str:
    """One hash of every file a loader may read, names and bytes; the card does not count."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "README.md":
            record = _fingerprint(path, folder)
            digest.update(f"{record.file}\0{record.sha256}\n".encode())
    return digest.hexdigest()


def _fingerprint(path: Path, folder: Path) -> WeightFile:
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return WeightFile(str(path.relative_to(folder))[-500:], digest, path.stat().st_size)
