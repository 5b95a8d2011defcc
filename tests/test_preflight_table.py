"""The table of the preflight: each rule is broken by one repository on a local Hub, and nothing else is said."""

import os
import re
from contextlib import chdir
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.cli import main
from bot.preflight.page import page
from bot.preflight.table import TABLE
from tests import (
    closed_cards,
    closed_licences,
    closed_loading,
    closed_publications,
    closed_repositories,
    closed_trainings,
    closed_weights,
)
from tests.closed_models import CASES
from tests.open_model import World, open_hub

TABLES = (
    closed_repositories,
    closed_weights,
    closed_loading,
    closed_licences,
    closed_cards,
    closed_trainings,
    closed_publications,
)  # fill CASES
ROOT = Path(__file__).parent.parent
NAMES = [f"{number:02}-{case.rule}" for number, case in enumerate(CASES)]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """One Hub for all, and the models that configs name: (server, hub, a token that sees private repositories)."""
    with open_hub(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


@pytest.fixture(scope="module")
def said(hub, tmp_path_factory):
    """What two runs of `mteb-bot check --hub` say, one with the token: folder of the config -> its lines."""
    server, local, token = hub
    folder = tmp_path_factory.mktemp("project")
    (folder / ".git").mkdir()
    worlds = [World(name) for name in NAMES]
    for world, case in zip(worlds, CASES, strict=True):
        case.change(world)
        world.save(local, folder / world.name)
    by_folder: dict[str, list[str]] = {}
    for secret in ("", token):
        named = [
            f"{w.name}/config.yaml"
            for w, case in zip(worlds, CASES, strict=True)
            if case.token is bool(secret)
        ]
        for line in run(folder, server.url, secret, "--max-weights-gb", "0.001", *named)[1]:
            place, _, rest = line.partition("/")
            if place in NAMES:
                current = by_folder.setdefault(place, [])
                current.append(rest.removeprefix("config.yaml:"))
            elif line.startswith("  fix: "):
                current.append(line)
    return by_folder


def run(folder, url, token, *arguments):
    """`mteb-bot check --hub`: exit code and lines of its standard output."""
    environment = {"HF_ENDPOINT": url, "HF_TOKEN": token, "MTEB_BOT_FIRST_WAIT": "0.01"}
    with chdir(folder), patch.dict(os.environ, environment), patch("sys.stdout", StringIO()) as out:
        code = main(["check", "--hub", *arguments])
    return code, out.getvalue().splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_exactly_this_is_said_of_a_repository_that_breaks_the_rule(said, name):
    lines = "\n".join(said.get(name, []))
    lines = re.sub("[0-9a-f]{40}", "SHA", lines.replace(name, "NAME"))
    assert lines == CASES[NAMES.index(name)].expected


def test_the_clean_repository_passes_with_nothing_said_in_thirteen_reading_requests(hub, tmp_path):
    server, local, _ = hub
    (tmp_path / ".git").mkdir()
    World("clean").save(local, tmp_path)
    server.clear()
    assert run(tmp_path, server.url, "", "config.yaml") == (0, ["1 file checked, no problems"])
    assert len(server.log) == 13
    assert not any(exchange.writes for exchange in server.log)


def test_of_a_base_that_is_trained_here_neither_card_nor_licence_text_is_asked_for(hub, tmp_path):
    server, local, _ = hub
    (tmp_path / ".git").mkdir()
    base = World("plain-base")
    closed_trainings.train(base)
    base.write("README.md", "---\nlicense: mit\n---\n")
    base.write("LICENSE", "All rights reserved, and none given.")
    base.save(local, tmp_path)
    assert run(tmp_path, server.url, "", "config.yaml") == (0, ["1 file checked, no problems"])


def test_every_rule_has_its_repository():
    assert {case.rule for case in CASES} == {rule.id for section in TABLE for rule in section.rules}


def test_only_errors_fail():
    severities = {rule.id: rule.severity for section in TABLE for rule in section.rules}
    for case in CASES:
        mild = re.search(r"^\S+ (warning|note) ", case.expected)
        assert severities[case.rule] == (mild[1] if mild else "error")


def test_the_documentation_is_the_table(capsys):
    """`mteb-bot check --list-rules > docs/preflight.md` writes it again."""
    assert (ROOT / "docs" / "preflight.md").read_text() == page()
    with pytest.raises(SystemExit) as ended:
        main(["check", "--list-rules"])
    assert (ended.value.code, capsys.readouterr().out) == (0, page())
