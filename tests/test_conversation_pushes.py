"""A push comes in between: what is stale changes nothing that is newer, and is folded, never lost."""

from dataclasses import replace

import pytest
from conversation_model import (
    AT,
    CONFIG,
    SHAS,
    Model,
    every_news,
    kinds,
    model_config,
    said_so_far,
    subject,
)

from bot.conversation import news
from bot.conversation.operations import (
    AddLabel,
    EditComment,
    Minimise,
    RemoveLabel,
    Unminimise,
    UpdateCheck,
)
from bot.conversation.states import State
from bot.conversation.wanted import LONGEST_COMMENT
from bot.quote import Quote


@pytest.mark.parametrize("said", every_news(subject()), ids=lambda said: said.title)
def test_news_of_a_commit_that_nobody_spoke_of_and_is_gone_says_nothing(said):
    model = Model(head=SHAS[1])
    assert model.plan(said)[1] == []


def after_a_push(state=State.RUNNING):
    model = Model()
    model.say(AT[state])
    model.head = SHAS[1]
    return model


def test_after_a_push_the_comment_is_minimised_before_its_marker_says_so():
    model = after_a_push()
    assert kinds(model, news.superseded(subject())) == [
        UpdateCheck, AddLabel, RemoveLabel, Minimise, EditComment,
    ]  # fmt: skip
    model.say(news.superseded(subject()))
    assert model.minimised == {"IC_2"}
    assert said_so_far(model) is State.SUPERSEDED
    (run,) = model.checks[SHAS[0], CONFIG]
    assert (run.status, run.conclusion, run.title) == (
        "completed", "cancelled", "superseded by a push",
    )  # fmt: skip


def test_the_next_commit_shows_the_comment_again_before_its_marker_says_so():
    model = after_a_push()
    model.say(news.superseded(subject()))
    again = news.validated(subject(1), model_config(), [], Quote(2, 2, 0))
    assert kinds(model, again)[-2:] == [Unminimise, EditComment]
    model.say(again)
    assert (len(model.comments), model.minimised) == (1, set())
    assert "Superseded" not in model.comments[0].body


@pytest.mark.parametrize("said", every_news(subject()), ids=lambda said: said.title)
def test_stale_news_leaves_a_comment_on_the_newer_commit_alone(said):
    model = after_a_push()
    model.say(news.queued(subject(1)))
    before = model.comments[0].body
    planned = model.say(said)
    assert model.comments[0].body == before
    assert planned.why == "says nothing: a newer commit has its say"
    assert all(run.status == "completed" for run in model.checks[SHAS[0], CONFIG])


def test_scores_of_an_old_commit_find_their_place_in_the_minimised_comment():
    model = after_a_push()
    model.say(AT[State.EVALUATED])
    model.say(news.superseded(subject()))
    body = model.comments[0].body
    assert body.split("\n")[1].startswith(
        "> **Superseded by a push.** What follows is about commit aaaa"
    )
    assert "**The task has its score: 80.00 points.**" in body
    assert model.minimised == {"IC_2"}
    (run,) = model.checks[SHAS[0], CONFIG]
    assert (run.conclusion, run.title) == ("neutral", "measured")


def test_scores_that_come_after_the_comment_was_superseded_still_find_their_place():
    model = after_a_push()
    model.say(news.superseded(subject()))
    model.say(AT[State.EVALUATED])
    assert "80.00 points" in model.comments[0].body
    assert model.minimised == {"IC_2"}


def test_a_comment_that_is_minimised_already_is_only_edited():
    model = after_a_push()
    model.say(news.superseded(subject()))
    assert kinds(model, AT[State.EVALUATED]) == [EditComment]


def test_what_was_found_out_about_an_old_commit_stays_in_its_check():
    model = after_a_push(State.INVALID)
    model.say(news.superseded(subject()))
    (run,) = model.checks[SHAS[0], CONFIG]
    assert (run.conclusion, run.title) == ("failure", "not valid: 1 problem")


def test_what_was_said_before_a_push_stays_readable():
    model = after_a_push(State.EVALUATED)
    model.say(news.superseded(subject()))
    assert "80.00 points" in model.comments[0].body


def test_a_text_that_a_person_made_too_long_is_dropped():
    model = after_a_push()
    comment = model.comments[0]
    model.comments = [replace(comment, body=comment.body + "x" * 65_100)]
    model.say(news.superseded(subject()))
    assert len(model.comments[0].body) <= LONGEST_COMMENT
    assert "xxx" not in model.comments[0].body


def test_the_head_is_not_superseded_by_itself():
    model = Model()
    model.say(AT[State.RUNNING])
    planned, operations = model.plan(news.superseded(subject()))
    assert operations == []
    assert planned.why == "says nothing new: this commit is the head of the pull request"


def test_a_push_that_brings_an_old_commit_back_is_news():
    model = after_a_push()
    model.say(news.superseded(subject()))
    model.head = SHAS[0]
    model.say(AT[State.RUNNING])
    assert (said_so_far(model), model.minimised) == (State.RUNNING, set())
