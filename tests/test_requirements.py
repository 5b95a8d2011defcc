"""The packages that workflows install are those that `make setup` pins."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package → version, as a file pins them."""
    text = (ROOT / name).read_text()
    return {re.sub("[-_.]+", "-", one).lower(): version for one, version in _PINNED.findall(text)}


@pytest.mark.parametrize("name", ["requirements/bot.txt", "requirements/runner.txt"])
def test_workflows_install_the_versions_that_the_tests_ran_with(name: str):
    constrained = pins("constraints.txt")
    assert pins(name)
    assert {
        one: version for one, version in pins(name).items() if constrained.get(one) != version
    } == {}


def test_the_bot_installs_nothing_that_measures():
    assert not pins("requirements/bot.txt").keys() & {"torch", "mteb", "transformers", "datasets"}


def test_the_bot_installs_nothing_without_a_hash():
    text = (ROOT / "requirements/bot.txt").read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
