"""The local GitHub's limits, headers and command line, and that it notices what is not GitHub's."""

import json
import subprocess
import sys
import time

import pytest
from github import GithubException

from tests.conftest import ROOT
from tests.github_world import BOT, github, served
from tests.standins.faults import Fault, Kind
from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.github.clients import ask, client
from tests.standins.github.routes import issue_comments

__all__ = ["github", "served"]


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    github = LocalGithub(tmp_path_factory.mktemp("seed"))
    github.create_repository("lab/board", {"README.md": b"hello\n"}, labels={"queued": "c5def5"})
    github.push("lab/board", "model", {"x": b"1\n"})
    github.open_pull("lab/board", "lab:model", "Add x", "lab")
    github.comment("lab/board", 1, "ann", "hi")
    return github


def test_each_answer_tells_what_is_left(served, github):
    server, _ = served
    token = github.add_token(BOT, {})
    answers = [ask(f"{server.url}/repos/lab/board", token) for _ in range(2)]
    told = [{k: v for k, v in a.headers.items() if k.startswith("X-RateLimit")} for a in answers]
    assert [each["X-RateLimit-Remaining"] for each in told] == ["999", "998"]
    assert (told[0]["X-RateLimit-Limit"], told[0]["X-RateLimit-Resource"]) == ("1000", "core")
    assert 0 < int(told[0]["X-RateLimit-Reset"]) - time.time() <= 3600
    assert answers[0].headers["X-GitHub-Request-Id"] != answers[1].headers["X-GitHub-Request-Id"]
    limits = client(server, token).get_rate_limit()
    assert (limits.resources.core.remaining, limits.resources.graphql.remaining) == (998, 1000)


def test_a_limit_that_is_used_up_is_a_403(served, github):
    server, _ = served
    token = github.add_token("ann")
    github.set_rate_limit(token, 1)
    board = client(server, token).get_repo("lab/board")
    assert board.get_branch("main").name == "main"
    with pytest.raises(GithubException, match="API rate limit exceeded") as error:
        board.get_branch("main")
    assert (error.value.status, error.value.headers["x-ratelimit-remaining"]) == (403, "0")
    assert client(server, github.add_token("bob")).get_repo("lab/board").get_branch("main").name


def test_secondary_limits_come_on_command(served, github):
    server, _ = served
    board = client(server, github.add_token("ann")).get_repo("lab/board")
    for kind, status in ((Kind.LIMIT_403, 403), (Kind.LIMIT_429, 429)):
        server.inject(Fault(kind, at=len(server.log) + 1))
        with pytest.raises(GithubException, match="secondary rate limit") as error:
            board.get_branch("main")
        assert (error.value.status, error.value.headers["retry-after"]) == (status, "1")
    assert board.get_branch("main").name == "main"


def test_what_has_not_changed_is_neither_sent_nor_counted(served, github):
    server, _ = served
    url = f"{server.url}/repos/lab/board/issues/1/comments"
    token = github.add_token("ann")
    first = ask(url, token)
    second = ask(url, token, If_None_Match=first.headers["ETag"])
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]
    github.comment("lab/board", 1, "ann", "more")
    third = ask(url, token, If_None_Match=first.headers["ETag"])
    assert (third.status_code, len(third.json())) == (200, 2)


@pytest.mark.parametrize(
    ("asked", "body", "status", "words"),
    [
        ("GET /repos/lab/board/milestones", None, 404, "no such endpoint in the stand-in"),
        ("POST /repos/lab/board/labels", {"color": "ffffff"}, 500, '"name" is a required'),
        ("POST /repos/lab/board/labels", {"name": "a", "colour": "f"}, 500, "'colour' was unex"),
        ("GET /repos/lab/board/pulls?stat=open", None, 500, "stat=open: no such parameter"),
        ("GET /repos/lab/board/pulls?state=merged", None, 500, '"merged" is not one of'),
        ("PATCH /repos/lab/board/issues/1", {"milestone": 1}, 500, "without milestone here"),
    ],
)
def test_what_github_would_not_understand_is_recorded(served, asked, body, status, words):
    server, github = served
    method, path = asked.split(" ")
    answer = ask(server.url + path, github.add_token("lab"), method, body)
    assert (answer.status_code, words in answer.json()["message"]) == (status, True)
    with pytest.raises(AssertionError, match=words):
        github.check()
    github.violations.clear()


@pytest.mark.parametrize("change", [{"body": None}, {"bodi": "hi"}, {"id": "7"}])
def test_an_answer_unlike_githubs_is_recorded(served, monkeypatch, change):
    server, github = served
    shape = issue_comments.issue_comment
    monkeypatch.setattr(issue_comments, "issue_comment", lambda *about: {**shape(*about), **change})
    answer = ask(f"{server.url}/repos/lab/board/issues/1/comments")
    assert answer.status_code == 500
    with pytest.raises(AssertionError, match=f"comments 200 at 0.*{next(iter(change))}"):
        github.check()
    github.violations.clear()


def test_leaving_the_block_checks_all_exchanges(seed, tmp_path):
    def block():
        with serve_github(tmp_path / "github", seed) as (server, _):
            ask(f"{server.url}/nowhere")

    with pytest.raises(AssertionError, match="GET /nowhere: no such endpoint"):
        block()


def test_it_serves_from_the_command_line(tmp_path):
    wanted = {
        "repositories": {
            "lab/board": {"files": {"README.md": "hello\n"}, "labels": {"new": "ffffff"}}
        },
        "pulls": [
            {
                "repository": "lab/board",
                "author": "ann",
                "branch": "b",
                "title": "t",
                "files": {"x": "1"},
            }
        ],
        "tokens": [{"login": BOT, "permissions": {"issues": "write"}, "repository": "lab/board"}],
    }
    (tmp_path / "seed.json").write_text(json.dumps(wanted))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.standins.github", "--folder", tmp_path / "git", "--seed",
         tmp_path / "seed.json"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        served = json.loads(process.stdout.readline())
        url = f"{served['url']}/repos/lab/board/issues/1/comments"
        assert ask(url, served["tokens"][BOT], "POST", {"body": "hi"}).status_code == 201
    finally:
        process.terminate()
    assert process.wait(5) == 0
