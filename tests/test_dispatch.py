"""`mteb-bot dispatch` starts a workflow of the default branch for a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from tests.standins.faults import Fault, Kind
from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.server import Server

PUBLISH = b"on: {workflow_dispatch: {inputs: {run: {type: string}}}}\n"
BOT = "github-actions[bot]"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, LocalGithub]]:
    with serve_github(tmp_path / "github") as (server, github):
        github.create_repository("lab/board", {".github/workflows/publish.yml": PUBLISH})
        token = github.add_token(BOT, {"actions": "write"}, "lab/board")
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        monkeypatch.setenv("GITHUB_TOKEN", token)
        monkeypatch.setenv("GITHUB_REPOSITORY", "lab/board")
        monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
        yield server, github


def started(github: LocalGithub) -> list[tuple[str, str, dict[str, str]]]:
    runs = github.world.repository("lab/board").runs
    return [(run.path.rpartition("/")[2], run.head_branch, run.inputs) for run in runs]


def test_the_workflow_of_the_default_branch_gets_the_run(served):
    assert main(["dispatch", "publish.yml", "--run", "71"]) == 0
    assert started(served[1]) == [("publish.yml", "main", {"run": "71"})]


def test_a_lost_answer_starts_it_once_more_at_worst(served):
    server, github = served
    server.inject(Fault(Kind.RESET_APPLIED, at=3))
    assert main(["dispatch", "publish.yml", "--run", "71"]) == 0
    assert set(map(str, started(github))) == {"('publish.yml', 'main', {'run': '71'})"}


@pytest.mark.parametrize("words", [["evaluate.yml", "--run", "1"], ["publish.yml", "--run", "x"]])
def test_nothing_else_is_started(words, served):
    with pytest.raises(SystemExit) as ended:
        main(["dispatch", *words])
    assert ended.value.code == 2
    assert started(served[1]) == []


def test_a_number_that_is_no_run_is_refused(served):
    assert main(["dispatch", "publish.yml", "--run", "0"]) == 2
    assert started(served[1]) == []


def test_without_the_permission_the_token_needs_it_is_named(served, monkeypatch, capsys):
    token = served[1].add_token(BOT, {"actions": "read"}, "lab/board")
    monkeypatch.setenv("GITHUB_TOKEN", token)
    assert main(["dispatch", "publish.yml", "--run", "71"]) == 3
    assert "actions: write" in capsys.readouterr().err
