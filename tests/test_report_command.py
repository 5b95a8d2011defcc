"""mteb-bot report against a local GitHub over HTTP: what people see, and what it costs."""

import pytest
from conversation_made import BOARD, BOT, CONFIG, OTHER_CONFIG, config, open_board

from bot.conversation.marker import Asked, Marker, marker_of
from bot.conversation.states import State


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A pull request that adds one valid config."""
    with open_board(tmp_path, monkeypatch) as board:
        yield board


def test_the_first_report_makes_one_comment_one_check_and_one_label(board):
    assert board.say("validated", "--run-url", "https://ci.example/1") == 0
    assert board.comment == {
        "author": BOT,
        "body": f'<!-- mteb-bot {{"v":1,"config":"models/org/name.yaml","sha":"{board.sha}","state":"validated"}} -->\n'
        "### `org/name`: validated\n\n"
        "**Valid: 2 tasks to evaluate.** That takes about 5 minutes at most. "
        "(The model's size is not known; 300 million parameters are assumed.) "
        "Next: a maintainer comments `/evaluate` to have this commit evaluated.\n\n"
        f"- model `org/name` at `{'1' * 40}`\n\n"
        f"<sub>Commit {board.sha} · [run](https://ci.example/1)</sub>",
        "minimized": None,
    }
    assert board.labels == ["mteb: validated"]
    check = board.check()
    assert (check["name"], check["external_id"]) == ("mteb-bot: org/name", CONFIG)
    assert (check["status"], check["conclusion"]) == ("queued", None)
    assert check["title"] == "valid: 2 tasks to evaluate"
    assert check["details_url"] == "https://ci.example/1"
    label = board.github.state(BOARD)["labels"]["mteb: validated"]
    assert label == {
        "color": "fbca04",
        "description": "The config is valid; a maintainer can start the evaluation",
    }


def test_the_first_report_takes_eleven_requests_and_ten_where_the_label_exists(board):
    board.say("validated")
    assert len(board.requests) == 11
    board.push()
    board.forget()
    board.say("validated")
    assert len(board.requests) == 10


@pytest.mark.parametrize("state", ["validated", "queued", "running", "failed"])
def test_a_second_run_makes_no_writes_and_three_requests(board, state):
    board.say(state)
    before = board.github.state(BOARD)
    assert board.say(state) == 0
    assert board.writes == []
    assert len(board.requests) == 3
    assert board.github.state(BOARD) == before


def test_every_state_in_turn_keeps_one_comment_one_check_and_one_label(board):
    seen = []
    for state, *more in (
        ("validated",), ("queued",), ("running", "--done", 1, "--tasks", 2),
        ("evaluated", "--results", board.measured()),
    ):  # fmt: skip
        assert board.say(state, *more) == 0
        check = board.check()
        seen.append((board.labels, check["status"], check["conclusion"], check["title"]))
        assert len(board.comments) == 1
        assert len(board.requests) <= 9 + 2 * (state == "validated")
    assert seen == [
        (["mteb: validated"], "queued", None, "valid: 2 tasks to evaluate"),
        (["mteb: queued"], "queued", None, "queued"),
        (["mteb: running"], "in_progress", None, "running: 1 of 2 tasks done"),
        (["mteb: evaluated"], "completed", "success", "measured"),
    ]
    body = board.comment["body"]
    assert "**All 2 tasks have scores: 75.00 points on average.**" in body
    assert "| `STSBenchmark` | 80.00 |" in body
    assert "75.00 points" in board.check()["summary"]


def test_an_update_of_the_label_adds_the_new_one_before_it_takes_the_old_one(board):
    board.say("validated")
    board.say("queued")
    assert board.writes == [
        f"PATCH check-runs/{board.github.world.repository(BOARD).checks[0].id}",
        "POST labels",
        "POST issues/1/labels",
        "DELETE issues/1/labels/mteb: validated",
        f"PATCH issues/comments/{board.github.pull(BOARD, 1).comments[0].id}",
    ]


def test_a_broken_config_fails_the_check_run_on_its_lines_and_not_the_command(board):
    board.write(content=config(license="MIT", languages=["english"]))
    assert board.say("validated") == 0
    check = board.check()
    assert (check["status"], check["conclusion"]) == ("completed", "failure")
    assert check["title"] == "not valid: 2 problems"
    assert check["annotations"][0] == {
        "path": CONFIG,
        "start_line": 4,
        "end_line": 4,
        "start_column": 10,
        "end_column": 10,
        "annotation_level": "failure",
        "title": "misspelt-license",
        "message": "`MIT` is not how the Hub writes this licence\nfix: did you mean `mit`?",
    }
    assert len(check["annotations"]) == 2
    assert board.labels == ["mteb: invalid"]
    assert "- `models/org/name.yaml:4:10` `misspelt-license`: " in board.comment["body"]
    assert board.say("validated") == 0
    assert board.writes == []


def test_a_config_that_is_mended_gets_a_new_check_run(board):
    board.write(content=config(license="MIT"))
    board.say("validated")
    board.write()
    board.say("validated")
    assert [(c["status"], len(c["annotations"])) for c in board.checks()] == [
        ("completed", 1), ("queued", 0),
    ]  # fmt: skip
    assert board.labels == ["mteb: validated"]


def test_a_forged_marker_of_another_author_is_ignored(board):
    forged = Marker(CONFIG, board.sha, State.EVALUATED).line() + "\nall is well"
    board.github.comment(BOARD, 1, "mallory", forged)
    board.github.comment(BOARD, 1, BOT, "another workflow of this repository")
    assert board.say("running") == 0
    bodies = [comment["body"] for comment in board.pull["comments"]]
    assert bodies[:2] == [forged, "another workflow of this repository"]
    assert "**Running.**" in bodies[2]
    assert board.labels == ["mteb: running"]


def test_a_check_run_of_another_app_or_about_another_config_is_left_alone(board):
    for app, about in (("other[bot]", CONFIG), (BOT, OTHER_CONFIG)):
        run = {"name": "mteb-bot: org/name", "external_id": about, "status": "queued"}
        board.add_check(app, run)
    before = board.checks()
    assert board.say("running") == 0
    assert board.checks()[:2] == before
    assert board.checks()[2]["title"] == "running"
    board.say("running")
    assert board.writes == []


@pytest.mark.parametrize(
    ("request_", "said"),
    [("", "asked for by `maya`"), ("--smoke STS12", "asked for by `maya`: `--smoke STS12`")],
)
def test_the_run_itself_says_who_asked_for_it(board, request_, said):
    asked = ["--asked-by=maya", f"--request={request_}", "--approval=17"]
    assert board.say("running", "--run", 9, *asked) == 0
    assert board.comment["body"].endswith(f" · {said}</sub>")
    assert marker_of(board.comment["body"]).asked == Asked("maya", request_, "comment-17")
    board.say("failed", "--run", 9)
    assert said in board.comment["body"]


@pytest.mark.parametrize("approval", ["", "label:maya"])
def test_a_run_that_no_comment_asked_for_says_nothing_of_it(board, approval):
    assert board.say("running", "--asked-by=maya", f"--approval={approval}") == 0
    assert marker_of(board.comment["body"]).asked is None


@pytest.mark.parametrize("wrong", ["--asked-by=a b", "--asked-by=", "--request=$(x)"])
def test_who_asked_for_what_has_a_shape(board, wrong):
    right = ["--asked-by=maya", "--request=", "--approval=17"]
    assert board.say("running", *right, wrong) == 2
    assert board.comments == []


def test_comments_that_are_there_twice_are_removed(board):
    board.say("queued")
    body = board.comment["body"]
    for _ in range(2):
        board.github.comment(BOARD, 1, BOT, body)
    board.github.comment(BOARD, 1, "ann", "a person")
    first = board.github.pull(BOARD, 1).comments[0].id
    assert board.say("running") == 0
    assert [(c.id == first, c.author) for c in board.github.pull(BOARD, 1).comments] == [
        (True, BOT), (False, "ann"),
    ]  # fmt: skip
    assert "**Running.**" in board.comments[0]["body"]


def test_two_configs_of_one_pull_request_have_each_their_own(board):
    board.write(OTHER_CONFIG, config("org/other", license="MIT"))
    assert board.say("validated") == 0
    assert board.say("validated", about=OTHER_CONFIG) == 0
    assert len(board.comments) == 2
    assert {check["name"] for check in board.checks()} == {"mteb-bot: org/name", "mteb-bot: org/other"}  # fmt: skip
    assert board.labels == ["mteb: invalid"]
    before = board.github.state(BOARD)
    for about in (CONFIG, OTHER_CONFIG):
        assert board.say("validated", about=about) == 0
        assert board.writes == []
    assert board.github.state(BOARD) == before


def test_a_comment_behind_150_others_is_found_with_one_request_more(board):
    for number in range(150):
        board.github.comment(BOARD, 1, "ann", f"comment {number}")
    board.say("queued")
    assert board.say("queued") == 0
    assert board.writes == []
    assert len(board.requests) == 4
    assert len(board.comments) == 1


def test_the_job_summary_says_what_was_said(board):
    board.say("queued")
    assert board.page.read_text() == (
        f"## models/org/name.yaml at {board.sha[:7]}: says queued\n\n"
        "**Queued.** The evaluation starts as soon as a machine is free.\n\n"
    )


def test_a_job_summary_that_cannot_be_written_is_named_after_all_was_said(
    board, monkeypatch, capsys
):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary.md")
    assert board.say("queued") == 3
    assert capsys.readouterr().err == (
        "mteb-bot: GITHUB_STEP_SUMMARY is /nowhere/summary.md: No such file or directory\n"
        "  fix: all else is done; set it to a file that may be written\n"
    )
    assert "**Queued.**" in board.comment["body"]


def test_an_owner_may_have_an_underscore_as_accounts_of_enterprises_do(board, capsys):
    assert board.say("queued", "--repository", "ann_acme/board") == 3
    assert "cannot read pull request 1" in capsys.readouterr().err
