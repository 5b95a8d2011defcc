"""The local GitHub answers PyGithub as GitHub does: conversation, labels, reviews, and its own state."""

import pytest
from github import GithubException, UnknownObjectException

from tests.github_world import BOT, MAY, board_with_a_pull, bot, github, refusal, served
from tests.standins.github.app import serve_github
from tests.standins.github.clients import client

__all__ = ["bot", "github", "served"]


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    return board_with_a_pull(tmp_path_factory.mktemp("seed"))


@pytest.fixture
def pull(bot):
    return bot.get_pull(1)


def test_a_comment_is_made_edited_and_deleted(github, pull):
    comment = pull.create_issue_comment("one")
    assert (comment.user.login, comment.user.type, comment.body) == (BOT, "Bot", "one")
    comment.edit("two")
    assert [each["body"] for each in github.state("lab/board")["pulls"][0]["comments"]] == ["two"]
    comment.delete()
    assert github.state("lab/board")["pulls"][0]["comments"] == []
    for call in (comment.delete, lambda: comment.edit("three")):
        assert refusal(call).status == 404


def test_comments_come_by_pages_in_the_order_they_were_made(served, github):
    server, _ = served
    for number in range(7):
        github.comment("lab/board", 1, "ann", f"comment {number}")
    reader = client(server, github.add_token("ann"), per_page=3).get_repo("lab/board")
    found = reader.get_pull(1).get_issue_comments()
    server.clear()
    assert [each.body for each in found] == [f"comment {number}" for number in range(7)]
    assert [each.path.partition("?")[2] for each in server.log] == [
        "per_page=3",
        "page=2&per_page=3",
        "page=3&per_page=3",
    ]
    assert found.totalCount == 7
    assert next(each.body for each in found.reversed) == "comment 6"


def test_comments_since_a_time_are_those_changed_from_then_on(served, github):
    from datetime import UTC, datetime, timedelta

    github.comment("lab/board", 1, "ann", "now")
    reader = client(served[0], None).get_repo("lab/board").get_pull(1).as_issue()
    now = datetime.now(UTC)
    assert [each.body for each in reader.get_comments(since=now - timedelta(days=1))] == ["now"]
    assert list(reader.get_comments(since=now + timedelta(days=1))) == []


@pytest.mark.parametrize(("body", "field"), [("x" * 65_537, "data"), (" ", "body")])
def test_a_comment_too_long_or_empty_is_refused(pull, body, field):
    error = refusal(pull.create_issue_comment, body)
    assert (error.status, error.data["message"]) == (422, "Validation Failed")
    assert error.data["errors"][0]["field"] == field
    assert pull.create_issue_comment("x" * 65_536).id


def test_a_comment_is_hidden_and_shown_again(github, pull):
    comment = pull.create_issue_comment("old")
    assert comment.minimize("OUTDATED")
    assert github.state("lab/board")["pulls"][0]["comments"][0]["minimized"] == "outdated"
    asked = pull.requester.graphql_node(
        comment.node_id, "isMinimized minimizedReason", "IssueComment"
    )
    assert asked[1]["data"]["node"] == {
        "__typename": "IssueComment",
        "isMinimized": True,
        "minimizedReason": "outdated",
    }
    assert comment.unminimize()
    assert github.state("lab/board")["pulls"][0]["comments"][0]["minimized"] is None


def test_graphql_says_what_it_does_not_know(pull):
    asked = lambda query, **more: pull.requester.graphql_query(query, more)  # noqa: E731 -- short
    with pytest.raises(UnknownObjectException, match="Could not resolve to a node"):
        asked('query { node(id: "IC_none") { id } }')
    with pytest.raises(GithubException, match="Cannot query field 'isMinimised'"):
        asked('query { node(id: "x") { ... on IssueComment { isMinimised } } }')


def test_a_label_that_is_not_there_is_made_in_grey(github, pull):
    pull.add_to_labels("Queued", "new thing")
    assert [label.name for label in pull.get_labels()] == ["queued", "new thing"]
    assert github.state("lab/board")["labels"] == {
        "new thing": {"color": "ededed", "description": None},
        "queued": {"color": "c5def5", "description": None},
    }


def test_labels_are_set_and_taken_away(github, pull):
    pull.set_labels("queued", "b")
    pull.set_labels("b", "c")
    pull.remove_from_labels("b")
    assert github.state("lab/board")["pulls"][0]["labels"] == ["c"]
    error = refusal(pull.remove_from_labels, "b")
    assert (error.status, error.data["message"]) == (404, "Not Found")
    pull.delete_labels()
    assert github.state("lab/board")["pulls"][0]["labels"] == []


def test_a_repository_has_a_label_once(bot):
    bot.create_label("mteb/ready: yes", "00ff00", "Ready to run")
    error = refusal(bot.create_label, "MTEB/ready: yes", "00ff00")
    assert error.data["errors"] == [
        {"resource": "Label", "code": "already_exists", "field": "name"}
    ]
    label = bot.get_label("mteb/ready: yes")
    label.edit("ready", "FF0000", "d" * 100)
    assert [(each.name, each.color) for each in bot.get_labels()] == [
        ("queued", "c5def5"),
        ("ready", "ff0000"),
    ]
    assert refusal(label.edit, "ready", "red").data["errors"][0]["field"] == "color"
    assert refusal(bot.create_label, "x" * 51, "000000").status == 422
    assert refusal(bot.create_label, "x", "000000", "d" * 101).status == 422


def test_nobody_approves_their_own_pull_request(served, github, pull):
    own = client(served[0], github.add_token("ann")).get_repo("lab/board").get_pull(1)
    error = refusal(own.create_review, body="fine", event="APPROVE")
    assert error.data["errors"] == ["Can not approve your own pull request"]
    github.review("lab/board", 1, "bob", "APPROVED", "good")
    pull.create_review(body="look", event="COMMENT")
    assert [(each.user.login, each.state) for each in pull.get_reviews()] == [
        ("bob", "APPROVED"),
        (BOT, "COMMENTED"),
    ]


def test_two_ends_are_compared_without_ids_and_times(tmp_path):
    ends = []
    for name in ("one", "two"):
        with serve_github(tmp_path / name) as (server, github):
            github.add_user("somebody") if name == "two" else None
            github.create_repository("lab/board", {"README.md": b"hello\n"})
            github.push("lab/board", "model", {"x": b"1"})
            github.open_pull("lab/board", "lab:model", "Add x", "lab")
            repository = client(server, github.add_token(BOT, MAY)).get_repo("lab/board")
            repository.get_pull(1).create_issue_comment("hi")
            repository.create_check_run("mteb", github.pull("lab/board", 1).head_sha)
            ends.append(github.state("lab/board"))
            repository.get_pull(1).create_issue_comment("again")
            assert github.state("lab/board") != ends[-1]
    assert ends[0] == ends[1]


def test_a_copy_goes_its_own_way(tmp_path, github):
    github.push("lab/board", "info", {"info": b"a name that git uses too\n"})
    before = github.state("lab/board")
    twin = github.copy(tmp_path / "twin")
    assert twin.state("lab/board") == before
    twin.push("ann/board", "model", {"models/x.yaml": b"changed\n"})
    twin.comment("lab/board", 1, "ann", "only here")
    github.push("ann/board", "model", {"models/y.yaml": b"also\n"})
    assert len(twin.state("lab/board")["pulls"][0]["comments"]) == 1
    assert github.state("lab/board")["pulls"] == before["pulls"]
    assert set(github.state("ann/board")["branches"]["model"]) == {
        "README.md",
        "models/x.yaml",
        "models/y.yaml",
    }
    assert twin.world.repository("ann/board").git.read("model", "models/x.yaml") == b"changed\n"
