"""Attacks are stopped and explained, and leave nothing behind; docs/security.md tells of all of them."""

from collections import Counter

import pytest

from tests.attacks.invariants import INVARIANTS
from tests.attacks.page import PAGE, written
from tests.attacks.table import ATTACKS
from tests.attacks.trying import tried

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
