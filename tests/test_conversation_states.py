"""The table of states is whole, GitHub can keep its labels, and the documented picture is drawn from it."""

import re
from pathlib import Path

import pytest

from bot.conversation.states import LABELS, TABLE, State, may_follow, most_urgent
from bot.conversation.states_page import USUAL, states_page

PAGE = Path(__file__).parent.parent / "docs" / "states.md"


def test_the_documented_picture_is_that_of_the_table():
    """Write it anew with: python -m bot.conversation.states_page > docs/states.md."""
    assert PAGE.read_text(encoding="utf-8") == states_page()


def test_the_page_shows_every_state_and_label():
    text = states_page()
    for state, row in TABLE.items():
        assert f"| **{state.value}** | `{row.label.name}` | {row.label.description} |" in text


def test_every_state_has_a_row_in_the_order_of_attention():
    assert list(TABLE) == list(State)


@pytest.mark.parametrize("label", LABELS)
def test_labels_are_as_github_takes_them(label):
    assert len(label.name) <= 50
    assert len(label.description) <= 100
    assert re.fullmatch("[0-9a-f]{6}", label.colour)


def test_labels_differ_in_name_and_colour():
    assert len({label.name.casefold() for label in LABELS}) == len(State)
    assert len({label.colour for label in LABELS}) == len(State)


@pytest.mark.parametrize("row", TABLE.values())
def test_only_a_completed_check_has_a_conclusion(row):
    assert (row.status == "completed") == (row.conclusion is not None)


def test_the_drawn_ways_are_among_those_allowed():
    assert all(may_follow(before, after) for before, after in USUAL)


@pytest.mark.parametrize("state", [state for state in State if state is not State.SUPERSEDED])
def test_every_state_may_be_said_again(state):
    assert may_follow(state, state)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.EVALUATED, State.RUNNING),
        (State.EVALUATED, State.VALIDATED),
        (State.EVALUATED, State.INVALID),
        (State.FAILED, State.VALIDATED),
        (State.RUNNING, State.VALIDATED),
        (State.QUEUED, State.INVALID),
    ],
)
def test_what_a_run_has_said_is_not_taken_back(before, after):
    assert not may_follow(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.EVALUATED, State.QUEUED),
        (State.EVALUATED, State.FAILED),
        (State.FAILED, State.RUNNING),
        (State.RUNNING, State.QUEUED),
        (State.INVALID, State.VALIDATED),
        (State.SUPERSEDED, State.VALIDATED),
    ],
)
def test_a_run_may_be_repeated_and_a_check_too(before, after):
    assert may_follow(before, after)


def test_what_a_person_must_do_comes_before_what_a_machine_does():
    assert most_urgent([State.EVALUATED, State.RUNNING, State.VALIDATED]) is State.VALIDATED
    assert most_urgent([State.INVALID, State.FAILED]) is State.FAILED
    assert most_urgent([State.SUPERSEDED, State.EVALUATED]) is State.EVALUATED
