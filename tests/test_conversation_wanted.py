"""Facts and news become a wanted conversation: each transition, late and stale news, the label, the publication."""

from dataclasses import replace

import pytest
from conversation_model import (
    AT,
    BOT,
    CONFIG,
    OTHER_CONFIG,
    PROBLEM,
    SHAS,
    WARNING,
    Model,
    kinds,
    measured,
    model_config,
    said_so_far,
    subject,
)

from bot.conversation import news
from bot.conversation.marker import Published, marker_of
from bot.conversation.operations import (
    AddLabel,
    CreateCheck,
    CreateComment,
    EditComment,
    RemoveLabel,
    UpdateCheck,
)
from bot.conversation.states import TABLE, State, may_follow
from bot.quote import Quote


@pytest.mark.parametrize("state", AT)
def test_the_first_news_makes_comment_check_and_label(state):
    model = Model()
    assert kinds(model, AT[state]) == [CreateCheck, AddLabel, CreateComment]
    model.say(AT[state])
    (run,) = model.checks[SHAS[0], CONFIG]
    row = TABLE[state]
    assert (said_so_far(model), run.status, run.conclusion) == (state, row.status, row.conclusion)
    assert model.labels == ("good first model", row.label.name)
    assert model.comments[0].body.split("\n")[1] == f"### `org/name`: {state.value}"


@pytest.mark.parametrize("before", AT)
@pytest.mark.parametrize("after", AT)
def test_news_follows_as_the_table_says(before, after):
    model = Model()
    model.say(AT[before])
    planned = model.say(AT[after])
    follows = may_follow(before, after) and (before, after) != (State.RUNNING, State.RUNNING)
    assert said_so_far(model) is (after if may_follow(before, after) else before)
    assert planned.why.startswith(f"says {after.value}" if follows else "says nothing new")
    assert model.labels[1:] == (TABLE[said_so_far(model)].label.name,)
    assert len(model.comments) == 1


def test_the_new_label_comes_before_the_old_one_goes_and_the_comment_last():
    model = Model()
    model.say(AT[State.QUEUED])
    assert kinds(model, AT[State.RUNNING]) == [UpdateCheck, AddLabel, RemoveLabel, EditComment]


def test_labels_are_the_same_in_any_case():
    model = Model(labels=("MTEB: Queued", "MTEB: Running"))
    model.say(AT[State.QUEUED])
    assert model.labels == ("MTEB: Queued",)


def test_labels_of_other_names_stay():
    model = Model(labels=("mteb", "mteb: interesting", "bug"))
    model.say(AT[State.QUEUED])
    model.say(AT[State.RUNNING])
    assert model.labels == ("mteb", "mteb: interesting", "bug", "mteb: running")


def test_the_usual_way_keeps_one_check_run():
    model = Model()
    for state in (State.VALIDATED, State.QUEUED, State.RUNNING, State.EVALUATED):
        model.say(AT[state])
    (run,) = model.checks[SHAS[0], CONFIG]
    assert (run.status, run.conclusion, run.title) == ("completed", "success", "measured")


def test_a_repeated_run_gets_a_new_check_run_as_a_completed_one_stays_completed():
    model = Model()
    model.say(AT[State.FAILED])
    assert kinds(model, AT[State.QUEUED])[0] is CreateCheck
    model.say(AT[State.QUEUED])
    assert [run.status for run in model.checks[SHAS[0], CONFIG]] == ["completed", "queued"]


def test_a_check_run_that_runs_does_not_go_back_to_the_queue():
    model = Model()
    model.say(AT[State.RUNNING])
    model.say(AT[State.QUEUED])
    runs = model.checks[SHAS[0], CONFIG]
    assert [(run.status, run.conclusion) for run in runs] == [
        ("completed", "cancelled"), ("queued", None),
    ]  # fmt: skip


def test_annotations_are_never_added_to_those_of_an_older_check():
    model = Model()
    model.say(AT[State.INVALID])
    model.say(news.validated(subject(), None, [PROBLEM, replace(PROBLEM, line=4)], None))
    model.say(AT[State.VALIDATED])
    assert [run.annotations for run in model.checks[SHAS[0], CONFIG]] == [1, 2, 0]


def test_warnings_stay_on_their_lines_while_the_model_runs():
    model = Model()
    model.say(news.validated(subject(), model_config(), [WARNING], Quote(2, 2, 0)))
    model.say(AT[State.RUNNING])
    (run,) = model.checks[SHAS[0], CONFIG]
    assert (run.annotations, run.status) == (1, "in_progress")


@pytest.mark.parametrize(("state", "word"), [("closed", "closed"), ("merged", "merged")])
def test_on_a_pull_request_that_is_not_open_the_news_says_so(state, word):
    model = Model(state=state)
    model.say(AT[State.EVALUATED])
    assert f"> This pull request is {word} already; this is said for the record." in (
        model.comments[0].body
    )
    assert model.labels[1:] == ("mteb: evaluated",)


def test_the_label_of_two_configs_is_that_of_the_one_that_needs_attention():
    model = Model()
    model.say(AT[State.EVALUATED])
    model.say(news.running(subject(0, OTHER_CONFIG)))
    assert model.labels[1:] == ("mteb: running",)
    model.say(news.ended_without_report(subject(0, OTHER_CONFIG)))
    assert model.labels[1:] == ("mteb: failed",)
    model.say(AT[State.EVALUATED])
    assert model.labels[1:] == ("mteb: failed",)
    assert len(model.comments) == 2


def published(model):
    return marker_of(model.comments[0].body).published


def test_what_became_of_publishing_stays_with_its_report():
    model = Model()
    told = Published("open", 7)
    model.say(news.reported(subject(), measured(0.8, told)))
    line = (
        "**On the Hub:** the pull request [`org/name#7`](https://hub.example/org/name/discussions/7) "
        "offers these results to the owner of the model."
    )
    assert line in model.comments[0].body
    model.say(news.reported(subject(), measured(0.8)))
    assert line in model.comments[0].body
    assert published(model) == told
    model.say(news.reported(subject(), measured(0.8, Published("merged", 7))))
    assert published(model) == Published("merged", 7)


def test_another_report_is_not_taken_for_published():
    model = Model()
    model.say(news.reported(subject(), measured(0.8, Published("open", 7))))
    model.say(news.reported(subject(), measured(0.9)))
    assert published(model) is None
    assert "On the Hub" not in model.comments[0].body


def test_what_became_of_publishing_survives_a_push():
    model = Model()
    model.say(news.reported(subject(), measured(0.8, Published("open", 7))))
    model.head = SHAS[1]
    model.say(news.superseded(subject()))
    assert published(model) == Published("open", 7)
    model.head = SHAS[0]
    model.say(news.reported(subject(), measured(0.8)))
    assert published(model) == Published("open", 7)


def test_line_ends_and_blanks_that_github_changes_are_no_difference():
    model = Model()
    model.say(AT[State.EVALUATED])
    comment = model.comments[0]
    model.comments = [replace(comment, body=comment.body.replace("\n", "\r\n") + "\n \n")]
    runs = model.checks[SHAS[0], CONFIG]
    runs[0] = replace(runs[0], summary=runs[0].summary.replace("\n", "\r\n") + "\n")
    assert model.plan(AT[State.EVALUATED])[1] == []


def test_a_comment_that_a_person_edited_is_put_right():
    model = Model()
    model.say(AT[State.EVALUATED])
    right = model.comments[0]
    model.comments = [replace(right, body=right.body.replace("80.00", "99.99"))]
    model.say(AT[State.EVALUATED])
    assert model.comments[0].body == right.body


def test_a_marker_that_a_person_broke_leaves_a_comment_that_is_nobodys():
    model = Model()
    model.say(AT[State.EVALUATED])
    model.comments = [replace(model.comments[0], body="edited away")]
    model.say(AT[State.EVALUATED])
    assert [comment.author for comment in model.comments] == [BOT, BOT]
    assert said_so_far(Model(comments=model.comments[1:])) is State.EVALUATED
