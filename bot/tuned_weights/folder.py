"""A folder of tuned weights as an evaluation left it: every file is of a known name, plain, bounded and what it says."""

import os
import stat
from collections.abc import Iterator, Mapping
from hashlib import sha1, sha256
from pathlib import Path

from bot.finetuned.weights import weights_digest
from bot.publication.files import StoredFile
from bot.report import Report
from bot.tuned_weights.json_files import BrokenFile, check_no_code, read_json
from bot.tuned_weights.names import (
    MOST_FILES,
    is_json,
    is_model_file,
    is_text,
    is_weights,
    largest,
)
from bot.tuned_weights.safetensors import check_safetensors
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown

FOLDER = "model"  # below a runner's output folder, and below a collected run
_CHUNK = 2**20
_NEEDED = frozenset({"config.json", "modules.json"})


class UnusableWeights(CommandError):
    """Files of a tuned model are missing, or not what its report tells of."""

    exit_code = ExitCode.INFRASTRUCTURE


def read_weights(folder: Path, report: Report) -> Mapping[str, StoredFile]:
    """The model's files by path.

    Raises:
        UnusableWeights: a rule is broken; nothing of the folder may be published.
    """
    try:
        files = {name: _checked(folder, name) for name in sorted(_names(folder))}
    except OSError as error:
        raise _unusable("", f"it cannot be read ({error.strerror})") from error
    if lacking := _NEEDED - files.keys():
        raise _unusable(min(lacking), "it is missing")
    _check_measured(files, report)
    return files


def _names(folder: Path) -> Iterator[str]:
    """Paths of all files, never through a link."""
    count = 0
    waiting = [""]
    while waiting:
        below = waiting.pop()
        for entry in os.scandir(folder / below):
            name = f"{below}{entry.name}"
            count += 1
            if count > MOST_FILES:
                raise _unusable("", f"it holds more than {MOST_FILES} files")
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{name}/")
            elif is_model_file(name):
                yield name
            else:
                raise _unusable(name, "no tuned model has a file of this name")


def _checked(folder: Path, name: str) -> StoredFile:
    path = folder / name
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise _unusable(name, "it is no plain file")
        if found.st_size > largest(name):
            raise _unusable(name, f"it has more than {largest(name):,} bytes")
        whole, blob = sha256(), sha1(b"blob %d\0" % found.st_size, usedforsecurity=False)
        while chunk := stream.read(_CHUNK):
            whole.update(chunk)
            blob.update(chunk)
        stream.seek(0)
        try:
            _check_content(stream.fileno(), name, found.st_size)
        except BrokenFile as broken:
            raise _unusable(name, str(broken)) from broken
    return StoredFile(path, found.st_size, whole.hexdigest(), blob.hexdigest())


def _check_content(descriptor: int, name: str, size: int) -> None:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        if is_weights(name):
            check_safetensors(stream, size)
        elif is_json(name):
            check_no_code(read_json(stream.read()), name)
        elif is_text(name):
            _check_text(stream.read())


def _check_text(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise BrokenFile("it is not UTF-8 text") from error


def _check_measured(files: Mapping[str, StoredFile], report: Report) -> None:
    """What is published is what was measured, and what was measured is what was chosen."""
    run = report.finetuned.chosen_run if report.finetuned else None
    weights = {name: file for name, file in files.items() if is_weights(name)}
    digest = weights_digest((name, file.sha256) for name, file in weights.items())
    if run is None or digest != run.weights_sha256:
        raise _unusable("", "its weights are not those that the report was measured with")
    told = {one["file"]: one["bytes"] for one in report.provenance["weights"]}
    if told != {name: file.size for name, file in weights.items()}:
        raise _unusable("", "its weights have other sizes than the report tells")


def _unusable(name: str, rule: str) -> UnusableWeights:
    which = f"the tuned model's {shown(name, 200)}" if name else "the tuned model"
    return UnusableWeights(
        f"{which}: refused, as {rule}",
        "nothing of it is published; look at what the machine that trained it was doing",
    )
