"""What an attack is, what it may end with, and where it is tried."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ("/", "/tmp", "/dev/shm", "/var/tmp", "/run", "/etc", "/var/lib")  # noqa: S108 -- what is looked at


class Succeeded(Exception):
    """The attacker got something."""


class Unexplained(Exception):
    """The attacker got nothing, and nobody learns why."""


class CannotTry(Exception):
    """This machine lacks what the attack needs."""


class Heard(NamedTuple):
    """What was printed."""

    out: str
    err: str


@dataclass
class Lab:
    """Where one attack is tried. `mark` stands in the name of whatever the attacker leaves anywhere.

    `readouterr` gives what was printed since it was last asked, as pytest's capsys does.
    """

    folder: Path
    patch: pytest.MonkeyPatch
    mark: str
    _out: StringIO = field(default_factory=StringIO)
    _err: StringIO = field(default_factory=StringIO)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Print nothing while this lasts."""
        with redirect_stdout(self._out), redirect_stderr(self._err):
            yield

    def readouterr(self) -> Heard:
        """What was printed since the last time."""
        heard = Heard(self._out.getvalue(), self._err.getvalue())
        for stream in (self._out, self._err):
            stream.seek(0)
            stream.truncate()
        return heard


@dataclass(frozen=True)
class Attack:
    """One way to harm a board.

    `zone` is where it is stopped: A, B, C, or the border that people cross by asking for an evaluation. `threat`
    is what the attacker does and wants; `invariant` a key of INVARIANTS. `try_it` returns the words that a person
    reads about it. `slow`: the tests that run by default leave it out, to be quick together.
    """

    id: str
    zone: str
    title: str
    threat: str
    invariant: str
    try_it: Callable[[Lab], str]
    slow: bool = False


def require(held: object, gain: str) -> None:
    """Raise Succeeded unless the defence held; `gain` is what the attacker has then."""
    if not held:
        raise Succeeded(gain)


def explained(said: str, words: str) -> str:
    """The words that explain, which must stand in what was said."""
    if words not in said:
        raise Unexplained(f"nobody reads {words!r}, but: {said[-2000:]!r}")
    return words


def leave(lab: Lab) -> str:
    """A Python statement that leaves the attacker's mark wherever it can."""
    places = (*SHARED, str(Path.home()), str(ROOT), sys.prefix)
    return f"""
import pathlib
for place in {places!r}:
    try:
        pathlib.Path(place, {lab.mark!r}).write_text("x")
    except OSError:
        pass
"""
