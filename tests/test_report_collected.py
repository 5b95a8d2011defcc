"""`mteb-bot report collected`: what a collected run came to is told of the pull request that it is about."""

from pathlib import Path

import pytest
from conversation_made import CONFIG, Board, open_board
from made import result, write_results

from bot.artifacts.collected import Collected, write
from bot.cli import main


@pytest.fixture
def board(tmp_path, monkeypatch):
    with open_board(tmp_path, monkeypatch) as board:
        yield board


def collect(board: Board, measured: Path, **about: object) -> Path:
    """What `mteb-bot collect` leaves of a run whose report lies in `measured`."""
    told = {"state": "evaluated", "smoke": False, "run": 7, **about}
    collected = Collected(config=CONFIG, model="org/name", pull=board.number, sha=board.sha, **told)
    files = {
        "report.json": (measured / "report.json").read_bytes(),
        f"submission/{CONFIG}": (board.root / CONFIG).read_bytes(),
    }
    folder = board.folder / "collected"
    write(collected, files, folder)
    return folder


def say(board: Board, folder: Path, *more: object) -> int:
    board.server.clear()
    return main(["report", "collected", "--collected", str(folder), *map(str, more)])


def test_an_evaluated_run_is_told_with_the_run_that_measured(board):
    assert say(board, collect(board, board.measured())) == 0
    assert board.labels == ["mteb: evaluated"]
    assert '"run":7' in board.comment["body"].splitlines()[0]
    assert say(board, collect(board, board.measured())) == 0
    assert board.writes == []


def test_a_failed_and_a_cancelled_run_are_told_as_such(board):
    error = {"kind": "infrastructure", "message": "the machine went away", "advice": "retry"}
    failed = board.measured(status="failed", error=error)
    assert say(board, collect(board, failed, state="failed")) == 0
    assert board.labels == ["mteb: failed"]
    assert "the machine went away" in board.comment["body"]
    assert say(board, collect(board, failed, state="cancelled", run=8)) == 0
    assert board.labels == ["mteb: cancelled"]


def test_the_board_says_which_models_to_compare_with(board):
    checkout = board.folder / "checkout"
    (checkout / ".github").mkdir(parents=True)
    (checkout / ".github" / "mteb-bot.yml").write_text(
        "schema_version: 1\ncompare_with: [ref/good, ref/gone, org/name]\n"
    )
    for model, score in (("ref/good", 0.75), ("org/name", 0.1), ("other/one", 0.2)):
        folder = checkout / "results" / model.replace("/", "__") / ("b" * 40)
        write_results(folder, result("STSBenchmark", score), model=model)
    assert say(board, collect(board, board.measured(0.8)), "--board", checkout) == 0
    body = board.comment["body"]
    assert "ref/good" in body
    assert "ref/gone" not in body
    assert "other/one" not in body


def test_who_and_what_come_from_the_collected_run_alone(board, capsys):
    folder = collect(board, board.measured())
    words = ["--pull", "99", "--sha", "9" * 40, "--config", "models/a/b.yaml"]
    assert say(board, folder, *words) == 0
    assert board.labels == ["mteb: evaluated"]
    assert main(["report", "collected"]) == 2
    assert main(["report", "evaluated", "--collected", str(folder)]) == 2
    assert main(["report", "collected", "--collected", str(board.folder)]) == 2
    assert "name the --output folder of `mteb-bot collect`" in capsys.readouterr().err


def test_a_state_of_nothing_named_is_refused(capsys):
    assert main(["report", "queued", "--repository", "lab/board"]) == 2
    assert "--pull, --sha and --config say what this is about" in capsys.readouterr().err


def test_the_settings_say_whose_comments_are_the_bots(board, tmp_path):
    settings = tmp_path / "settings.yml"
    settings.write_text("schema_version: 1\nbot_login: board-bot[bot]\n")
    may = {"pull_requests": "write", "checks": "write", "issues": "write"}
    board.patch.setenv("GITHUB_TOKEN", board.github.add_token("board-bot[bot]", may, "lab/board"))
    assert board.say("validated", "--settings", settings) == 0
    assert board.say("validated", "--settings", settings) == 0
    authors = [comment["author"] for comment in board.pull["comments"]]
    assert authors == ["board-bot[bot]"]
