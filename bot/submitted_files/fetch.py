"""Bring a submission's files here: the configs and whatever of the repository they name, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from bot.submitted_files.errors import CannotFetchSubmission
from bot.submitted_files.paths import (
    LARGEST_FILE,
    LARGEST_TOTAL,
    MOST_FILES,
    is_plain,
    require_plain,
)
from bot.submitted_files.references import is_task, referenced_paths
from schemas.problem import shown

_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Entry:
    """What a commit has at a path. `size` in bytes, of files alone."""

    kind: Literal["file", "folder", "link", "submodule"]
    sha: str
    size: int = 0


class Commit(Protocol):
    """The files of one commit."""

    def entry(self, path: str) -> Entry | None:
        """What lies at a path, links not followed."""
        ...

    def below(self, path: str) -> dict[str, Entry]:
        """Everything below a folder, by path of the repository."""
        ...

    def content(self, entry: Entry) -> bytes:
        """A file's bytes."""
        ...


@dataclass(frozen=True)
class Submission:
    """Path → content; `configs` are those of the asked paths that are model configs.

    `passed_over`: changed YAML files of models/ that are neither configs by their place nor named by one.
    """

    files: dict[str, bytes]
    configs: tuple[str, ...]
    passed_over: tuple[str, ...] = ()


def fetch(commit: Commit, paths: Sequence[str]) -> Submission:
    """The files at `paths`, the custom tasks they name, and the data of both.

    What is named and is not there is left out: the check says so.

    Raises:
        CannotFetchSubmission: too many or too large files, a link or a submodule, or a path that leads elsewhere.
    """
    files: dict[str, bytes] = {}
    waiting = list(paths)
    seen = set(waiting)
    while waiting:
        for path, entry in _found(commit, waiting.pop(0)).items():
            _admit(path, entry, files)
            files[path] = commit.content(entry)
            named = referenced_paths(path, files[path]) if path.endswith(_YAML) else ()
            waiting += [one for one in named if one not in seen]
            seen.update(named)
    configs = tuple(path for path in paths if path in files and not is_task(path, files[path]))
    return Submission(files, configs)


def write(submission: Submission, folder: Path) -> None:
    """Write the files below `folder`, which must not exist yet.

    Raises:
        CannotFetchSubmission: it exists.
        OSError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise CannotFetchSubmission(
            f"{folder} exists already", "give --output a folder that does not exist"
        ) from None
    for path, content in submission.files.items():
        require_plain(path)
        target = folder.joinpath(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _found(commit: Commit, path: str) -> dict[str, Entry]:
    entry = commit.entry(path) if is_plain(path) else None
    if entry is None:
        return {}
    if entry.kind != "folder":
        return {path: entry}
    return {name: one for name, one in commit.below(path).items() if not _is_hidden(name, path)}


def _is_hidden(path: str, folder: str) -> bool:
    """Whether a file of a data folder is one of an editor or of git: an artifact leaves these out as well."""
    return any(part.startswith(".") for part in path.removeprefix(folder).strip("/").split("/"))


def _admit(path: str, entry: Entry, files: dict[str, bytes]) -> None:
    require_plain(path)
    if entry.kind != "file":
        raise CannotFetchSubmission(
            f"{shown(path, 300)} is a {entry.kind}", "put the file itself there"
        )
    total = sum(map(len, files.values())) + entry.size
    if entry.size > LARGEST_FILE or total > LARGEST_TOTAL or len(files) >= MOST_FILES:
        raise CannotFetchSubmission(
            f"the submission's files are too many or too large at {shown(path, 300)}: at most "
            f"{MOST_FILES} files, {LARGEST_FILE // 10**6} MB each, {LARGEST_TOTAL // 10**6} MB in all",
            "publish larger data as a data set on the Hub, and name it by its id",
        )
