"""Which run speaks: an earlier one says nothing after a later one, and what a run was asked for stays with it."""

from dataclasses import replace

import pytest
from conversation_model import AT, OTHER_CONFIG, SHAS, Model, measured, said_so_far, subject

from bot.conversation import news
from bot.conversation.marker import Asked, Published, marker_of
from bot.conversation.states import TABLE, State

ASKED = Asked("ann", "--smoke", "comment-1")
ENDS = (State.EVALUATED, State.FAILED, State.CANCELLED, State.TRIED)
SAID = {
    **AT,
    State.CANCELLED: news.cancelled(subject()),
    State.TRIED: replace(AT[State.EVALUATED], state=State.TRIED, conclusion=None),
}


def of(run, state):
    return replace(SAID[state], run=run)


def marker(model):
    return marker_of(model.comments[0].body)


@pytest.mark.parametrize("late", [State.QUEUED, State.RUNNING, *ENDS])
@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, *ENDS])
def test_an_earlier_run_says_nothing_after_a_later_one(state, late):
    model = Model()
    model.say(of(8, state))
    before = model.shown()
    planned = model.say(of(7, late))
    assert model.shown() == before
    assert planned.why == "says nothing new: the comment tells of a later run already"


@pytest.mark.parametrize("later", [State.QUEUED, State.RUNNING, *ENDS])
@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, *ENDS])
def test_a_later_run_may_say_anything(state, later):
    model = Model()
    model.say(of(7, state))
    model.say(of(8, later))
    assert (said_so_far(model), marker(model).run) == (later, 8)
    assert model.labels[1:] == (TABLE[later].label.name,)
    assert model.plan(of(8, later))[1] == []


@pytest.mark.parametrize("state", [State.RUNNING, *ENDS])
def test_what_a_run_says_makes_late_news_of_its_being_queued(state):
    model = Model()
    model.say(of(7, state))
    planned = model.say(news.queued(subject(), 7, ASKED))
    assert planned.why == "says nothing new: the run is past the queue already"


def test_what_a_run_was_asked_for_stays_until_another_run_speaks():
    model = Model()
    model.say(news.queued(subject(), 7, ASKED))
    for state in (State.RUNNING, State.FAILED):
        model.say(of(7, state))
        assert marker(model).asked == ASKED
        assert "asked for by `ann`: `--smoke`</sub>" in model.comments[0].body
    model.say(of(8, State.RUNNING))
    assert (marker(model).run, marker(model).asked) == (8, None)


def test_a_push_keeps_what_is_known_of_the_old_run_and_the_next_commit_forgets_it():
    model = Model()
    model.say(news.queued(subject(), 7, ASKED))
    model.head = SHAS[1]
    model.say(news.superseded(subject()))
    assert (marker(model).run, marker(model).asked) == (7, ASKED)
    model.say(news.queued(subject(1), 9))
    assert (marker(model).run, marker(model).asked) == (9, None)


def test_a_check_that_is_said_again_after_a_push_and_back_knows_no_run():
    model = Model()
    model.say(of(7, State.RUNNING))
    model.head = SHAS[1]
    model.say(news.superseded(subject()))
    model.head = SHAS[0]
    model.say(AT[State.VALIDATED])
    assert marker(model).run is None


def test_the_publication_of_a_run_is_told_of_the_run():
    model = Model()
    model.say(of(7, State.EVALUATED))
    told = news.reported(subject(), measured(0.8, Published("open", 3)))
    model.say(replace(told, run=7))
    assert (marker(model).run, marker(model).published) == (7, Published("open", 3))


@pytest.mark.parametrize(
    ("publish_on", "unpublished", "sentence"),
    [
        (None, "", ""),
        ("evaluated", "", " They are now proposed to the model's repository on the Hub; `/publish` repeats that."),
        ("merged", "", " They are proposed to the model's repository on the Hub after that, or when a maintainer comments `/publish`."),
        ("merged", "Its weights go nowhere.", " Its weights go nowhere."),
        ("never", "", " This repository publishes nothing on the Hub."),
    ],
)  # fmt: skip
def test_the_scores_say_what_comes_next(publish_on, unpublished, sentence):
    about = replace(measured(), publish_on=publish_on, unpublished=unpublished)
    said = news.reported(subject(), about)
    step = f"Next: merging this pull request accepts these results.{sentence}\n"
    open_, merged, published = Model(), Model(state="merged"), Model()
    open_.say(said)
    assert step in open_.comments[0].body
    merged.say(said)
    assert "Next:" not in merged.comments[0].body
    published.say(replace(said, published=Published("open", 3)))
    assert "Next: merging this pull request accepts these results.\n" in published.comments[0].body


def test_two_models_are_cancelled_and_need_attention_before_one_that_waits():
    model = Model()
    model.say(SAID[State.CANCELLED])
    model.say(news.queued(subject(0, OTHER_CONFIG)))
    assert model.labels[1:] == ("mteb: cancelled",)
