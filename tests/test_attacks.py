"""Attacks are stopped and explained, and leave nothing behind; docs/security.md tells of all of them."""

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.attacks.invariants import INVARIANTS
from tests.attacks.page import PAGE, written
from tests.attacks.table import ATTACKS
from tests.attacks.traces import Trace
from tests.attacks.trying import in_lab, tried

QUICK = [attack for attack in ATTACKS if not attack.slow]


def judge(attack):
    result = tried(attack)
    if result.verdict == "not tried" and result.words.startswith("Skipped"):
        pytest.skip(result.words)
    assert result.verdict == "stopped", result.words
    assert result.words


@pytest.mark.parametrize("attack", QUICK, ids=lambda attack: attack.id)
def test_a_quick_attack_is_stopped_and_explained(attack):
    judge(attack)


@pytest.mark.slow
@pytest.mark.parametrize("attack", [x for x in ATTACKS if x.slow], ids=lambda attack: attack.id)
def test_an_attack_is_stopped_and_explained(attack):
    judge(attack)


def test_every_attack_has_a_name_of_its_own_and_an_invariant():
    assert [name for name, count in Counter(x.id for x in ATTACKS).items() if count > 1] == []
    assert {attack.invariant for attack in ATTACKS} == set(INVARIANTS)
    assert len(ATTACKS) >= 35


def test_the_page_about_security_is_current():
    text = PAGE.read_text(encoding="utf-8")
    assert written(text) == text, "make docs"


def leave_a_process(lab):
    """One that has no parent any more, and a session of its own."""
    subprocess.run(["setsid", "--fork", "sleep", "60"], check=True, cwd=lab.folder)


TRACES = {
    "process": (leave_a_process, "sleep 60"),
    "file": (lambda lab: Path.home().joinpath(f"x-{lab.mark}").touch(), "/x-mark-"),
    "environment": (
        lambda lab: os.environ.update(LEFT=lab.mark),
        "the environment of the next attack",
    ),
}


@pytest.mark.parametrize("trace", TRACES)
def test_what_an_attack_leaves_on_the_machine_is_seen(trace, monkeypatch):
    leave, words = TRACES[trace]
    monkeypatch.setattr("tests.attacks.traces._PATIENCE", 0.2)
    monkeypatch.setenv("LEFT", "")
    left = []
    with pytest.raises(Trace) as found:
        in_lab(lambda lab: left.append(lab.mark) or leave(lab))
    assert words in str(found.value)
    Path.home().joinpath(f"x-{left[0]}").unlink(missing_ok=True)
    if trace == "process":
        os.kill(int(str(found.value).split()[1].rstrip(":")), 9)
