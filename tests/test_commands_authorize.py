"""`authorize` when an evaluation starts: a push, a stranger, an edit in between stop it, and say why."""

import pytest
from commands_made import READS, inputs, open_town
from conversation_made import BOARD, CONFIG

OTHER = "models/org/other.yaml"


@pytest.fixture
def town(tmp_path, monkeypatch):
    """Maya asked for an evaluation, and it begins."""
    with open_town(tmp_path, monkeypatch, "asked") as town:
        town.use_token(READS)
        yield town


def comment_of(town):
    return next(one for one in town.github.pull(BOARD, 1).comments if one.author == "maya")


def test_what_a_maintainer_asked_for_may_run_and_needs_reading_alone(town, capsys):
    capsys.readouterr()
    assert town.authorize(town.run) == 0
    assert town.outputs == "approved-by=maya\nsmoke=false\n"
    assert capsys.readouterr().out == f"{CONFIG} at {town.sha[:7]}: asked for by maya\n"
    assert town.writes == []


def refused(town, capsys, **changes):
    capsys.readouterr()
    assert town.authorize(town.run, **changes) == 1
    assert town.outputs == ""
    said = capsys.readouterr().err
    assert said.startswith("mteb-bot: ")
    return said.splitlines()[0].removeprefix("mteb-bot: ")


def test_a_push_between_command_and_start_supersedes_it(town, capsys):
    old, new = town.sha, town.push()
    assert refused(town, capsys) == (
        f"superseded: the head of pull request #1 is {new[:7]} now, not {old[:7]}"
    )


def test_a_pull_request_that_was_closed_supersedes_it(town, capsys):
    town.github.close_pull(BOARD, 1)
    assert refused(town, capsys) == "superseded: pull request #1 is closed"


def test_another_revision_than_the_config_names_is_refused(town, capsys):
    assert refused(town, capsys, revision="2" * 40) == (
        f"{CONFIG} names the revision {'1' * 40}, not {'2' * 40}"
    )


def test_a_config_that_is_not_there_is_refused(town, capsys):
    assert refused(town, capsys, config=OTHER) == f"{OTHER} is no valid config at {town.sha[:7]}"


def test_a_comment_that_was_edited_since_approves_nothing(town, capsys):
    comment = comment_of(town)
    comment.updated_at = town.github.now()
    assert refused(town, capsys) == f"comment {comment.id} was edited after it was written"


def test_a_comment_that_was_deleted_approves_nothing(town, capsys):
    comment = comment_of(town)
    town.github.pull(BOARD, 1).comments.remove(comment)
    assert refused(town, capsys) == f"comment {comment.id} does not exist"


def test_permission_that_was_taken_away_meanwhile_stops_it(town, capsys):
    town.github.set_permission(BOARD, "maya", "triage")
    assert refused(town, capsys) == "maya may not start evaluations here"


@pytest.mark.parametrize("by", ["ann", "tria", "mallory"])
def test_a_strangers_comment_approves_nothing(town, capsys, by):
    comment = town.comment("/evaluate", by)
    said = refused(town, capsys, approval=str(comment.id))
    assert said == f"{by} may not start evaluations here"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("nice", "does not ask for an evaluation"), ("/cancel", "does not ask for an evaluation"),
        ("> /evaluate", "does not ask for an evaluation"), ("/evaluate --smok", "does not ask for an evaluation"),
        ("/evaluate --smoke", "asks for other tasks"), ("/evaluate STS12", "asks for other tasks"),
        ("/evaluate org/other", "asks for org/other"),
    ],
)  # fmt: skip
def test_a_comment_that_asks_for_something_else_approves_nothing(town, capsys, body, why):
    comment = town.comment(body)
    assert refused(town, capsys, approval=str(comment.id)) == f"comment {comment.id} {why}"


def test_a_comment_on_another_pull_request_approves_nothing(town, capsys):
    town.github.push("ann/board", "other", {OTHER: b"x"})
    town.github.open_pull(BOARD, head="ann:other", title="Another", author="ann")
    comment = town.github.comment(BOARD, 2, "maya", "/evaluate")
    assert refused(town, capsys, approval=str(comment.id)) == (
        f"comment {comment.id} is not on pull request #1"
    )


def test_an_apps_comment_approves_nothing(town, capsys):
    comment = town.comment("/evaluate", "github-actions[bot]")
    assert refused(town, capsys, approval=str(comment.id)) == (
        f"comment {comment.id} was not written by a person"
    )


def test_retry_approves_whatever_was_asked_for_before(town):
    comment = town.comment("/retry")
    wanted = inputs(town.sha, str(comment.id), "--smoke", "fe12926a2f971f99")
    assert town.authorize(town.run, **wanted) == 0
    assert town.outputs == "approved-by=maya\nsmoke=true\n"


def test_a_request_that_is_not_that_of_the_title_is_refused(town, capsys):
    said = refused(town, capsys, request="--smoke")
    assert said == "the digest e3b0c44298fc1c14 is not that of the request"


def test_a_person_with_write_permission_may_start_it_by_hand(town):
    assert town.authorize(town.run, approval="", actor="walt") == 0
    assert town.outputs.startswith("approved-by=walt\n")


@pytest.mark.parametrize("actor", ["tria", "ann", "github-actions[bot]"])
def test_nobody_else_may_start_it_by_hand(town, capsys, actor):
    assert (
        refused(town, capsys, approval="", actor=actor) == f"{actor} may not start evaluations here"
    )


def test_whoever_set_the_label_needs_write_permission_still(town, capsys):
    assert refused(town, capsys, approval="label:tria") == "tria may not start evaluations here"
    assert town.authorize(town.run, approval="label:walt") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": "main"}, {"request": "--evil"}, {"request": "$(id)"}, {"request": "a  b"}, {"approval": "x"},
        {"approval": "0"}, {"approval": "label:a b"}, {"approval": "label:"}, {"actor": ""}, {"actor": "a b"},
        {"sha": "abc"}, {"config": "../x"}, {"pull": "0"},
    ],
)  # fmt: skip
def test_arguments_of_another_shape_are_usage(town, changes):
    assert town.authorize(town.run, **changes) == 2
    assert town.server.log == []
