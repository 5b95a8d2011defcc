"""The folder a run writes to: one run at a time, one identity, a journal of what was computed.

DIR/report.json     the report
DIR/results/…       mteb's own layout
DIR/state/          what resuming needs: identity, journal, random states
DIR/runner.log      everything the libraries had to say
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.errors import CommandError, ExitCode, UsageError

Subset = tuple[str, str, str]  # task, split, subset
PROGRESS = "state/progress.json"  # what a report would say now, and which task runs


class CannotUseOutputFolder(CommandError):
    """The output folder cannot be created, written or locked."""

    exit_code = ExitCode.INFRASTRUCTURE


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write `content` (text as UTF-8) to `path` so that a kill at any moment leaves the old file or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


class OutputFolder:
    """One run's folder, locked while it is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._journal = self.state / "journal.jsonl"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder.

        Raises:
            CannotUseOutputFolder: another run is in it, or it cannot be written.
        """
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            lock = (self.state / "lock").open("w")
        except OSError as error:
            raise CannotUseOutputFolder(
                f"{self.folder}: {error.strerror}", "choose another `--output` folder"
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotUseOutputFolder(
                    f"another run is writing to {self.folder}",
                    "wait for it, or choose another `--output` folder",
                ) from None
            yield

    def claim(self, identity: Mapping[str, Any]) -> None:
        """Bind the folder to what is measured, so that results of anything else are never reused.

        What an earlier run claimed must still hold; a run of other tasks only adds its own.

        Raises:
            UsageError: the folder holds results of something else.
        """
        path = self.state / "identity.json"
        wanted = json.loads(json.dumps(identity))
        held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        differing = sorted(key for key in held if key in wanted and held[key] != wanted[key])
        if differing:
            raise UsageError(
                f"{self.folder} holds results measured with another {', '.join(differing)}",
                "choose another `--output` folder, or delete this one",
            )
        write_atomically(path, json.dumps(held | wanted, indent=2, sort_keys=True))

    def note(self, event: str, subset: Subset = ("", "", "")) -> None:
        """Append one event (`run`, `started`, `finished`) to the journal."""
        # a line begins with its break, so that one cut short by a kill never swallows the next
        try:
            with self._journal.open("a", encoding="utf-8") as stream:
                stream.write("\n" + json.dumps([event, *subset]))
        except OSError as error:
            raise CannotUseOutputFolder(
                f"{self._journal}: {error.strerror}", "free the disk"
            ) from error

    def counts(self) -> Counter[tuple[str, Subset]]:
        """How often each (event, subset) was noted, over all runs."""
        counts: Counter[tuple[str, Subset]] = Counter()
        if self._journal.exists():
            for line in self._journal.read_text(encoding="utf-8").splitlines():
                try:
                    event, task, split, subset = json.loads(line)
                except ValueError:
                    continue  # the line a kill cut short: its event never happened
                counts[event, (task, split, subset)] += 1
        return counts
