"""Whose comments are commands: people with write permission, as they wrote them; strangers get few answers."""

import pytest
from commands_made import open_town
from conversation_made import BOARD


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """The bot has said that the config is valid."""
    with open_town(tmp_path, monkeypatch, "checked") as town:
        yield town


@pytest.mark.parametrize("by", ["walt", "max"])
def test_write_and_maintain_are_enough(checked, by):
    checked.ask("/evaluate", by)
    assert checked.marker.asked.by == by


STRANGER = (
    "Only maintainers of this repository start, stop and publish evaluations. One of them will look at this "
    "pull request; nothing more has to be done here."
)


@pytest.mark.parametrize("by", ["ann", "tria", "mallory"])
@pytest.mark.parametrize("line", ["/evaluate", "/cancel", "/retry", "/publish", "/evalute"])
def test_whoever_has_no_write_permission_is_told_so_once(checked, by, line):
    for _ in range(3):
        assert checked.ask(line, by) == 0
    assert checked.answers == [STRANGER]
    assert checked.runs == []


def test_at_most_three_strangers_get_an_answer(checked):
    for number in range(6):
        checked.ask("/evaluate", f"mallory{number}")
    assert len(checked.answers) == 3
    checked.ask("/help")
    assert len(checked.answers) == 4


def test_the_bot_and_other_apps_ask_for_nothing(checked):
    for by in ("github-actions[bot]", "renovate[bot]"):
        checked.ask("/evaluate", by)
        assert checked.writes == []
    assert checked.runs == []


def test_a_permission_that_was_taken_away_meanwhile_counts(checked):
    checked.event_of(checked.comment("/evaluate", "walt"))
    checked.github.set_permission(BOARD, "walt", "triage")
    checked.respond()
    assert checked.runs == []


def test_a_comment_that_was_edited_since_is_no_command(checked):
    comment = checked.comment("nice model")
    checked.event_of(comment)
    checked.clock.tick(1)
    comment.body, comment.updated_at = "/evaluate", checked.github.now()
    checked.respond()
    assert checked.runs == []
    assert checked.answers == [
        "That comment was edited after it was written. Commands are read from comments as they were written: write a new one."
    ]


def test_a_comment_that_is_gone_asks_for_nothing(checked):
    comment = checked.comment("/evaluate")
    checked.event_of(comment)
    checked.github.pull(BOARD, 1).comments.remove(comment)
    assert checked.respond() == 0
    assert checked.writes == []


def test_a_comment_of_another_pull_request_is_not_taken_for_one_here(checked):
    checked.github.push("ann/board", "other", {"models/org/other.yaml": b"x"})
    checked.github.open_pull(BOARD, head="ann:other", title="Another", author="ann")
    elsewhere = checked.github.comment(BOARD, 2, "maya", "/evaluate")
    checked.event_of(elsewhere)
    assert checked.respond() == 0
    assert checked.writes == []


@pytest.mark.parametrize(
    ("action", "issue"), [("edited", {}), ("deleted", {}), ("created", {"pull_request": None})]
)
def test_edits_and_issues_are_no_events_of_ours(checked, action, issue):
    checked.event_of(checked.comment("/evaluate"), action, **issue)
    assert checked.respond() == 0
    assert checked.server.log == []
