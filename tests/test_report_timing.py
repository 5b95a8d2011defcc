"""mteb-bot report when pushes, late news, frequent progress or the end of a pull request come in between."""

from datetime import UTC, datetime, timedelta

import pytest
from conversation_made import BOARD, open_board


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A pull request that adds one valid config."""
    with open_board(tmp_path, monkeypatch) as board:
        yield board


def test_a_push_in_between_supersedes_and_the_next_check_shows_the_comment_again(board):
    board.say("validated")
    board.say("queued")
    old = board.sha
    board.push()
    assert board.say("evaluated", "--results", board.measured(), sha=old) == 0
    assert board.comment["minimized"] == "outdated"
    assert "> **Superseded by a push.**" in board.comment["body"]
    assert "75.00 points" in board.comment["body"]
    assert board.labels == ["mteb: superseded"]
    assert (board.check(old)["status"], board.check(old)["conclusion"]) == ("completed", "neutral")
    assert board.say("superseded", sha=old) == 0
    assert board.writes == []
    assert board.say("validated") == 0
    assert board.comment["minimized"] is None
    assert "Superseded" not in board.comment["body"]
    assert board.labels == ["mteb: validated"]
    assert board.say("running", sha=old) == 0
    assert board.writes == []


def test_superseded_cancels_the_check_of_the_old_commit(board, capsys):
    board.say("running")
    old = board.sha
    board.push()
    capsys.readouterr()
    assert board.say("superseded", sha=old) == 0
    assert board.check(old)["conclusion"] == "cancelled"
    assert board.checks() == []
    said = capsys.readouterr().out
    assert said == f"models/org/name.yaml at {old[:7]}: superseded by a push\n"


def test_late_progress_does_not_take_back_the_scores(board, capsys):
    board.say("evaluated", "--results", board.measured())
    before = board.github.state(BOARD)
    capsys.readouterr()
    assert board.say("running", "--done", 1, "--tasks", 2) == 0
    assert board.github.state(BOARD) == before
    assert "says nothing new: the comment says evaluated already" in capsys.readouterr().out


def test_progress_is_told_at_most_every_three_minutes(board):
    for minutes, told in ((2, False), (4, True)):
        board.github.clock = lambda back=minutes: datetime.now(UTC) - timedelta(minutes=back)
        board.say("queued")
        board.say("running", "--done", 1, "--tasks", 9)
        board.github.clock = lambda: datetime.now(UTC)
        board.say("running", "--done", 5, "--tasks", 9)
        assert ("5 of 9" in board.comment["body"]) is told


@pytest.mark.parametrize("merged", [False, True])
def test_scores_reach_a_pull_request_that_is_closed_and_say_so(board, merged):
    board.say("queued")
    board.github.close_pull(BOARD, 1)
    if merged:
        board.github.pull(BOARD, 1).merged_at = "2026-01-01T00:00:00Z"
    assert board.say("evaluated", "--results", board.measured()) == 0
    word = "merged" if merged else "closed"
    assert f"> This pull request is {word} already;" in board.comment["body"]
    assert board.labels == ["mteb: evaluated"]
    assert board.check()["conclusion"] == "success"
