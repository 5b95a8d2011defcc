"""Whatever happened before, the bot's operations lead to the wanted conversation, killed anywhere or not."""

from datetime import timedelta

import pytest
from conversation_model import (
    BOT,
    CONFIG,
    OTHER_CONFIG,
    PROBLEM,
    SHAS,
    SOURCE,
    STEP,
    Model,
    every_news,
    measured,
    model_config,
    subject,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import news
from bot.conversation.facts import own_comments
from bot.conversation.marker import marker_of
from bot.conversation.states import LABELS, State
from bot.conversation.update import update
from bot.quote import Quote
from bot.retry import Retrying, RetryPolicy

KINDS = len(every_news(subject()))
QUIET = {"deadline": None, "database": None, "derandomize": True}  # the same examples every time
OWN = {label.name for label in LABELS}
steps = st.one_of(
    st.tuples(
        st.sampled_from(["say"]),
        st.integers(0, KINDS - 1),
        st.integers(0, 2),
        st.sampled_from([CONFIG, OTHER_CONFIG]),
    ),
    st.tuples(st.sampled_from(["push"]), st.integers(0, 2)),
    st.tuples(st.sampled_from(["wait"]), st.integers(1, 5)),
    st.tuples(st.sampled_from(["close"])),
)


def said_in(step):
    _, kind, number, config = step
    return every_news(subject(number, config))[kind]


def live(model, step):
    match step[0]:
        case "say":
            model.say(said_in(step))
        case "push":
            model.head = SHAS[step[1]]
        case "wait":
            model.now += step[1] * STEP
        case "close":
            model.state = "closed"


@settings(max_examples=400, **QUIET)
@given(st.lists(steps, max_size=12))
def test_after_any_history_saying_it_again_changes_nothing(history):
    model = Model()
    for step in history:
        live(model, step)
        if step[0] == "say":
            assert model.plan(said_in(step))[1] == []


@settings(max_examples=300, **QUIET)
@given(st.lists(steps, max_size=8), st.tuples(st.just("say"), st.integers(0, KINDS - 1), st.integers(0, 2), st.sampled_from([CONFIG, OTHER_CONFIG])))  # fmt: skip
def test_a_run_killed_after_any_operation_and_run_again_ends_the_same(history, last):
    before = Model()
    for step in history:
        live(before, step)
    undisturbed = before.copy()
    undisturbed.say(said_in(last))
    for count in range(len(before.plan(said_in(last))[1]) + 1):
        killed = before.copy()
        for operation in killed.plan(said_in(last))[1][:count]:
            killed.apply(operation, said_in(last).subject)
        killed.say(said_in(last))
        assert killed.shown() == undisturbed.shown()


@settings(max_examples=400, **QUIET)
@given(st.lists(steps, max_size=12))
def test_at_any_time_there_is_one_comment_a_config_one_label_and_one_open_check(history):
    model = Model()
    for step in history:
        live(model, step)
        markers = [own.marker for own in own_comments(model.comments, BOT)]
        assert len({marker.config for marker in markers}) == len(markers)
        assert len(OWN.intersection(model.labels)) == bool(markers)
        assert "good first model" in model.labels
        for runs in model.checks.values():
            assert all(run.status == "completed" for run in runs[:-1])
        for comment in model.comments:
            superseded = marker_of(comment.body).state is State.SUPERSEDED
            assert (comment.node_id in model.minimised) == superseded


@settings(max_examples=200, **QUIET)
@given(st.lists(steps, max_size=6), st.integers(0, KINDS - 1), st.integers(0, 6), st.integers(0, 6))
def test_two_bots_at_once_end_with_one_comment(history, kind, first, second):
    """Each plans on what it saw, and acts on it while the other has acted meanwhile; then both look again."""
    model = Model()
    for step in history:
        live(model, step)
    said = every_news(subject())[kind]
    one, other = model.plan(said)[1], model.plan(said)[1]
    for operation in [*one[:first], *other[:second], *one[first:], *other[second:]]:
        model.apply(operation, said.subject)
    model.say(said)
    bodies = [marker_of(comment.body).config for comment in model.comments]
    assert len(bodies) == len(set(bodies))
    assert model.plan(said)[1] == []


def test_duplicates_go_and_the_first_comment_stays():
    model = Model()
    model.say(news.queued(subject()))
    body = model.comments[0].body
    model.write(BOT, body)
    model.write("ann", body)
    model.write(BOT, body)
    model.say(news.queued(subject()))
    assert [(one.id, one.author) for one in model.comments] == [(2, BOT), (4, "ann")]


def test_progress_is_told_every_three_minutes_only():
    model, told = Model(), []
    for done in range(1, 9):
        model.say(news.running(subject(), done, 9))
        told.append(model.comments[0].body.partition("Running: ")[2][0])
        model.now += timedelta(minutes=1)
    assert told == ["1", "1", "1", "4", "4", "4", "7", "7"]


def test_what_is_told_of_progress_in_the_comment_stands_in_the_check_too():
    model = Model()
    model.say(news.running(subject(), 1, 9))
    model.say(news.running(subject(), 2, 9))
    (run,) = model.checks[SHAS[0], CONFIG]
    assert "1 of 9" in model.comments[0].body
    assert run.title == "running: 1 of 9 tasks done"


def test_a_config_that_left_the_pull_request_no_longer_decides_its_label():
    model = Model()
    model.say(news.validated(subject(0, OTHER_CONFIG), None, [PROBLEM], None))
    model.say(news.validated(subject(), model_config(), [], Quote(2, 2, 0)))
    assert model.labels == ("good first model", "mteb: invalid")
    model.head = SHAS[1]
    model.say(news.validated(subject(1), model_config(), [], Quote(2, 2, 0)))
    assert model.labels == ("good first model", "mteb: validated")


class Bot:
    """A bot with its own news of a shared pull request; `meanwhile` happens between its look and its deed."""

    def __init__(self, model, said, meanwhile=None):
        self.model, self.said, self.meanwhile = model, said, meanwhile
        self.loads = 0

    def load(self):
        self.loads += 1
        return self.model.facts(self.said.subject)

    def apply(self, operation):
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        self.model.apply(operation, self.said.subject)

    def run(self):
        retrying = Retrying("GitHub", RetryPolicy(), lambda _: None)
        update(self, self.said, SOURCE, retrying, lambda: self.model.now)


def scores(about):
    return news.reported(about, measured())


@pytest.mark.parametrize(
    ("mine", "other", "label"),
    [
        (scores, scores, "mteb: evaluated"),
        (scores, news.ended_without_report, "mteb: failed"),
        (news.ended_without_report, scores, "mteb: failed"),
    ],
)
def test_two_configs_that_end_at_the_same_time_leave_the_label_of_both(mine, other, label):
    model = Model()
    for config in (CONFIG, OTHER_CONFIG):
        model.say(news.running(subject(0, config)))
    late = Bot(model, other(subject(0, OTHER_CONFIG)))
    Bot(model, mine(subject()), meanwhile=late.run).run()
    assert model.labels == ("good first model", label)


def test_a_pull_request_with_one_config_is_looked_at_once_for_an_edit():
    model = Model()
    model.say(news.queued(subject()))
    bot = Bot(model, news.running(subject()))
    bot.run()
    assert bot.loads == 1
