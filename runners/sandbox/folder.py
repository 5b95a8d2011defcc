"""The one folder that the inside may write to: handed over before, taken back and made harmless after.

The system's own find, chown and chmod go to any depth of folders without following a link.
"""

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runners.interruption import undisturbed
from runners.output_folder import CannotUseOutputFolder
from runners.prefetched import DATA, MODEL, OUTCOME
from runners.sandbox.machine import inner_user
from runners.sandbox.profile import User
from runners.sandbox.profiles import SCRATCH
from schemas.errors import UsageError

_DEEPEST = "40"
_MARK = ".sandboxed"
_UNFIT_NAMES = ("*[!\x20-~]*", '*["*:<>?|\\\\]*')  # an upload of artifacts takes no other


@dataclass(frozen=True)
class Contents:
    """What may lie in a folder afterwards: everything else is deleted. None: anything, of any name."""

    files: frozenset[str]
    folders: Mapping[str, "Contents | None"]


EVALUATION = Contents(
    frozenset({"report.json", "runner.log", "model-card.md"}),
    {
        "results": None,
        "smoke": None,
        "training": None,  # so that another try goes on from its checkpoints
        "model": None,  # the tuned one, where the config wants it published
        "state": Contents(
            frozenset({"identity.json", "journal.jsonl", "lock", "progress.json"}), {"random": None}
        ),
    },
)
PREFETCH = Contents(frozenset({OUTCOME}), {MODEL: None, DATA: None})


@contextmanager
def lent(folder: Path, contents: Contents) -> Iterator[User | None]:
    """Give `folder` to the user of the inside, whom this yields; afterwards it is harmless to read and upload.

    Raises:
        CannotUseOutputFolder: it cannot be made, or another run is in it.
        UsageError: it holds files of something else.
    """
    user = inner_user()
    with _held(folder):
        _mark(folder)
        _take_back(
            folder, contents
        )  # a run that was killed with its supervisor may have left anything
        for each in ("tmp", "huggingface"):
            (folder / SCRATCH / each).mkdir(parents=True)
        if user is not None:
            _change_owner(folder, user.uid, user.gid)
        try:
            yield user
        finally:
            with undisturbed():
                _take_back(folder, contents)


def _mark(folder: Path) -> None:
    """Make the folder ours, once: what is no business of ours is deleted in it afterwards."""
    mark = folder / _MARK
    if any(folder.iterdir()) and (mark.is_symlink() or not mark.is_file()):
        raise UsageError(
            f"{folder} holds files of something else", "choose an `--output` folder that is empty"
        )
    mark.touch()


def make_readable(*paths: Path) -> None:
    """Let the user of the inside read them, where that is somebody else."""
    if os.geteuid() == 0:
        _run("chmod", "-R", "go+rX", *map(str, paths))


def _take_back(folder: Path, contents: Contents) -> None:
    """Ours again: regular files and folders alone, no links, and nothing that has no business there."""
    _run("chmod", "-R", "u+rwX", str(folder))
    _change_owner(folder, os.geteuid(), os.getegid())
    _run("find", str(folder), "-mindepth", "1", "!", "-type", "f", "!", "-type", "d", "-delete")
    _run("find", str(folder), "-mindepth", _DEEPEST, "-delete")
    _tidy(folder, contents)
    if contents is EVALUATION:
        for pattern in _UNFIT_NAMES:
            _run("find", str(folder), "-depth", "-name", pattern, "-exec", "rm", "-rf", "--", "{}", "+")  # fmt: skip


def _tidy(folder: Path, contents: Contents) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in contents.folders:
                _run("rm", "-rf", "--", entry.path)
            elif inner := contents.folders[entry.name]:
                _tidy(Path(entry.path), inner)
        elif entry.name not in {*contents.files, _MARK}:
            os.unlink(entry.path)  # noqa: PTH108 - an entry of scandir


def _change_owner(folder: Path, uid: int, gid: int) -> None:
    if os.geteuid() == 0:
        _run("chown", "-R", "-h", "-P", f"{uid}:{gid}", str(folder))


def _run(*words: str) -> None:
    subprocess.run(words, check=False, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, stderr=subprocess.DEVNULL)  # noqa: S603 - fixed programs, our folder  # fmt: skip


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise CannotUseOutputFolder(
            f"{folder}: {error.strerror}", "choose another `--output` folder"
        ) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotUseOutputFolder(
                f"another run is writing to {folder}",
                "wait for it, or choose another `--output` folder",
            ) from None
        yield
    finally:
        os.close(held)
