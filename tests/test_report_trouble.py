"""mteb-bot report when GitHub refuses, loses answers, stays down or answers nonsense, or two bots speak at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from conversation_made import BOARD, PERMISSIONS, open_board
from werkzeug import Response

from bot.conversation.states import LABELS
from tests.standins.faults import Fault, Kind
from tests.standins.github.world import Label
from tests.standins.server import Server


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A pull request that adds one valid config."""
    with open_board(tmp_path, monkeypatch) as board:
        yield board


@pytest.mark.parametrize(
    ("missing", "doing"),
    [("checks", "create the check run"), ("pull_requests", "add a label"), ("issues", "create the label `mteb: queued`")],
)  # fmt: skip
def test_a_missing_permission_is_named(board, capsys, missing, doing):
    permissions = {name: level for name, level in PERMISSIONS.items() if name != missing}
    if missing == "pull_requests":
        permissions.pop("issues")  # each of the two lets the bot comment
        board.github.world.repository(BOARD).labels.extend(label_of(board))
    board.use_token(permissions)
    assert board.say("queued") == 3
    said = capsys.readouterr().err
    assert f"mteb-bot: cannot {doing}: GitHub refused (HTTP 403): Resource not accessible" in said
    assert f"fix: give the job `permissions: {missing.replace('_', '-')}: write`" in said
    board.use_token(PERMISSIONS)
    assert board.say("queued") == 0
    assert board.labels == ["mteb: queued"]


def label_of(board):
    return [Label(board.github.world.next_id(), label.name, label.colour) for label in LABELS]


def test_labels_that_exist_need_no_permission_for_issues(board):
    board.github.world.repository(BOARD).labels.extend(label_of(board))
    board.use_token({name: level for name, level in PERMISSIONS.items() if name != "issues"})
    assert board.say("validated") == 0
    assert board.labels == ["mteb: validated"]


def test_a_token_that_is_wrong_is_said_and_never_shown(board, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_secretsecretsecret")
    assert board.say("queued") == 3
    said = capsys.readouterr().err
    assert "GITHUB_TOKEN is wrong or has expired" in said
    assert "secretsecret" not in said


def test_a_pull_request_that_does_not_exist_is_said(board, capsys):
    board.number = 77
    assert board.say("queued") == 3
    assert "cannot read pull request 77: GitHub refused (HTTP 404)" in capsys.readouterr().err


def test_a_commit_that_does_not_exist_is_said_and_not_taken_for_a_missing_permission(board, capsys):
    assert board.say("queued", sha="0" * 40) == 3
    assert capsys.readouterr().err == (
        "mteb-bot: cannot read the check runs: GitHub refused (HTTP 422): "
        f"No commit found for SHA: {'0' * 40}\n"
        "  fix: check that --sha is a commit of the pull request, in this repository\n"
    )


@pytest.mark.parametrize("path", ["check-runs", "issues/1/comments", "labels"])
def test_a_lost_answer_of_a_write_that_adds_something_leaves_one(board, path):
    board.say("queued")
    number = next(
        one.number
        for one in board.requests
        if one.method == "POST" and one.path.endswith(f"/{path}")
    )
    fresh = board.push()
    board.forget()
    board.github.world.repository(BOARD).labels.clear()
    board.server.clear()
    board.server.inject(Fault(Kind.RESET_APPLIED, number))
    assert board.say_on("queued") == 0
    assert board.server.log[number - 1].status == 0
    assert len(board.comments) == len(board.checks(fresh)) == 1
    assert board.labels == ["mteb: queued"]


def test_a_comment_that_vanishes_meanwhile_is_looked_for_again(board):
    board.say("queued")
    pull = board.github.pull(BOARD, 1)
    board.server.clear()

    def somebody_deletes_it(done):
        if done.path.endswith("/labels") and done.method == "POST":
            pull.comments.clear()

    board.server.watch = somebody_deletes_it
    assert board.say("running") == 0
    board.server.watch = None
    assert "**Running.**" in board.comment["body"]


def test_a_github_that_stays_down_is_its_own_fault(board, capsys):
    board.server.inject(Fault(Kind.ERROR_502, 1, times=100))
    assert board.say_on("queued") == 4
    assert "GitHub was asked 5 times and did not answer as it should" in capsys.readouterr().err


@pytest.mark.parametrize(
    "answer", ["<html>proxy</html>", "[]", "{}", "null", '"text"', '{"head": 1}', ""]
)
def test_an_answer_of_another_shape_ends_without_a_traceback(board, monkeypatch, capsys, answer):
    class Proxy:
        def answer(self, request):
            del request
            return Response(answer, 200, content_type="application/json")

    with Server(Proxy()) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        assert board.say("queued") == 4
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("state", ["validated", "running"])
def test_two_bots_that_race_end_with_one_comment_one_label_and_one_open_check(board, state):
    ready = Barrier(2)

    def bot():
        ready.wait()
        return board.say_on(state)

    for _ in range(3):
        with ThreadPoolExecutor(2) as bots:
            assert [done.result() for done in [bots.submit(bot), bots.submit(bot)]] == [0, 0]
        assert len(board.comments) == 1
        assert board.labels == [f"mteb: {state}"]
        assert [check["status"] == "completed" for check in board.checks()][-1:] == [False]
        assert all(check["conclusion"] == "cancelled" for check in board.checks()[:-1])
        board.push()
        board.forget()


@pytest.mark.parametrize("login", ["github-actions", "mteb[bot]", "ann"])
def test_a_login_that_is_not_the_tokens_own_is_refused_before_anything_stands_twice(
    board, capsys, login
):
    assert board.say("queued", "--bot-login", login) == 2
    assert capsys.readouterr().err == (
        f"mteb-bot: GITHUB_TOKEN writes as github-actions[bot], not as {login}\n"
        "  fix: give `--bot-login github-actions[bot]`, and delete what was just said under that name\n"
    )
    assert (len(board.comments), len(board.checks())) == (0, 1)


def test_a_login_in_other_letters_is_the_same(board):
    assert board.say("queued", "--bot-login", "GitHub-Actions[bot]") == 0
    assert board.say("queued") == 0
    assert board.writes == []
    assert (len(board.comments), len(board.checks())) == (1, 1)


def test_a_list_that_does_not_show_yet_what_was_just_added_makes_nothing_twice(board):
    """GitHub reads from copies that lag behind."""
    pull, repository = board.github.pull(BOARD, 1), board.github.world.repository(BOARD)
    hidden = []

    def hide(done):
        if done.method == "POST" and done.path.endswith(("/comments", "/check-runs")):
            things = pull.comments if done.path.endswith("/comments") else repository.checks
            hidden.append((things, things.pop()))

    board.server.watch = hide
    assert board.say("queued") == 0
    board.server.watch = None
    for things, thing in hidden:
        things.append(thing)
    assert board.say("queued") == 0
    assert board.writes == []
    assert (len(board.comments), len(board.checks())) == (1, 1)


def test_a_locked_conversation_is_said_and_not_taken_for_a_missing_permission(
    board, capsys, monkeypatch
):
    locked = "Unable to create comment because issue is locked."

    class Locked:
        def answer(self, request):
            if request.method == "POST" and request.path.endswith("/comments"):
                return Response(json.dumps({"message": locked}), 403)
            return board.github.answer(request)

    with Server(Locked()) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        assert board.say_on("queued") == 3
    assert capsys.readouterr().err == (
        f"mteb-bot: cannot comment: GitHub refused (HTTP 403): {locked}\n"
        "  fix: unlock the conversation of the pull request, and run the same command again\n"
    )
