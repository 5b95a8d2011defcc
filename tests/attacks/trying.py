"""Trying one attack in a lab of its own, and what came of it."""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.attacks.attack import Attack, Lab, Succeeded, Unexplained
from tests.attacks.traces import Trace, no_trace

Found = TypeVar("Found")


@dataclass(frozen=True)
class Result:
    """`verdict` is stopped, succeeded or not tried; `words` explain it."""

    attack: Attack
    verdict: str
    words: str
    seconds: float


def tried(attack: Attack) -> Result:
    """Try it. Whatever is left on the machine is the attacker's success too."""
    began = time.monotonic()
    verdict, words = _tried(attack)
    return Result(attack, verdict, words, time.monotonic() - began)


def in_lab(try_it: Callable[[Lab], Found]) -> Found:
    """What something comes to in a lab of its own, of which nothing is left afterwards.

    Raises:
        Trace: something is.
    """
    folder = Path(tempfile.mkdtemp(prefix="attack-"))
    folder.chmod(0o755)  # the sandbox's user reads what lies below
    mark = f"mark-{secrets.token_hex(6)}"
    try:
        with no_trace(mark), pytest.MonkeyPatch.context() as patch:
            lab = Lab(folder, patch, mark)
            with lab.listening():
                return try_it(lab)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tried(attack: Attack) -> tuple[str, str]:
    try:
        words = in_lab(attack.try_it)
    except Succeeded as gain:
        return "succeeded", str(gain)
    except Trace as trace:
        return "succeeded", f"left behind: {trace}"
    except Unexplained as silence:
        return "succeeded", f"stopped, but not explained: {silence}"
    except (Exception, pytest.skip.Exception) as error:  # noqa: BLE001 -- whatever it is, the attack was not tried
        return "not tried", f"{type(error).__name__}: {error}"
    return "stopped", words
