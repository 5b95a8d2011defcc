"""`mteb-bot verify --recent`: every model that a board accepted lately."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import verify_made
from accepted_made import accept, board, git
from verify_made import MODEL

from bot.cli import main
from tests.standins.hub.app import LocalHub
from tests.verify_world import server

__all__ = ["board", "server"]
YEAR_AGO = (datetime.now(UTC) - timedelta(days=365)).isoformat()


@pytest.fixture
def hub(tmp_path: Path) -> LocalHub:
    hub = LocalHub(tmp_path / "hub")
    verify_made.publish(hub)
    return hub


def verify(board: Path, *more: str) -> int:
    return main(["verify", "--recent", "14", "--board", str(board), *more])


@pytest.mark.usefixtures("server")
def test_what_was_accepted_lately_and_is_public_holds(board, capsys):
    accept(board)
    assert verify(board) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{MODEL} at ")
    assert said.splitlines()[-1].startswith("1 accepted since ")


def test_what_was_accepted_long_ago_is_not_looked_at(server, board, capsys):
    accept(board, date=YEAR_AGO)
    assert verify(board) == 0
    assert capsys.readouterr().out.startswith("0 accepted since ")
    assert server.log == []


@pytest.mark.usefixtures("server")
def test_results_that_are_not_the_public_ones_fail(board, capsys):
    accept(board, sts=0.9)
    assert verify(board) == 1
    assert "not ok" in capsys.readouterr().out


@pytest.mark.usefixtures("server")
def test_one_model_that_is_not_there_does_not_hide_the_next(board, capsys):
    accept(board)
    accept(board, model="org/gone")
    assert verify(board) == 1
    said = capsys.readouterr().out
    assert "org/gone on the Hub" in said
    assert "The result is public: all 11 rows ok." in said


@pytest.mark.usefixtures("server")
def test_results_that_were_taken_away_again_are_not_verified(board, capsys):
    accept(board)
    git(board, "rm", "--quiet", "-r", "results")
    git(board, "commit", "--quiet", "-m", "Withdraw")
    assert verify(board) == 0
    assert capsys.readouterr().out.startswith("0 accepted since ")


@pytest.mark.usefixtures("server")
def test_a_shallow_checkout_is_refused_since_it_hides_what_came(board, tmp_path, capsys):
    accept(board)
    accept(board, model="org/second")
    git(tmp_path, "clone", "--quiet", "--depth", "1", board.as_uri(), "shallow")
    assert verify(tmp_path / "shallow") == 2
    assert "is a shallow checkout" in capsys.readouterr().err


def test_a_folder_that_is_no_checkout_is_refused(tmp_path, capsys):
    assert verify(tmp_path) == 2
    assert "not a git repository" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["0", "-1", "two", "99999", "1.5"])
def test_a_number_of_days_is_a_number_of_days(days, tmp_path, capsys):
    assert main(["verify", f"--recent={days}", "--board", str(tmp_path)]) == 2
    assert "give a number of days" in capsys.readouterr().err


def test_a_model_and_recent_models_are_two_questions():
    assert main(["verify"]) == 2
    assert main(["verify", MODEL, "--recent", "3"]) == 2
