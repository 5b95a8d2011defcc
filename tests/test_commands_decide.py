"""Facts and a command become operations: several models, who has been answered, what a run since then means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.commanding.answer import OwnAnswer, answer_in, own_answers
from bot.commanding.command import Command, Word
from bot.commanding.decide import MOST_STRANGERS, configs_to_read, decide
from bot.commanding.facts import Asking, CommandFacts, ConfigFacts
from bot.commanding.grammar import parse
from bot.commanding.operations import Answer, CancelRun, Dispatch, RemoveLabel, Say
from bot.commanding.runs import EvaluationRun, subject_in, title_of
from bot.conversation.facts import Comment, OwnComment, PullFacts
from bot.conversation.marker import Marker, Published
from bot.conversation.states import State
from bot.conversation.subject import Subject
from schemas.plan import request_digest

SHA, OLD = "a" * 40, "b" * 40
ONE, TWO, THREE = (f"models/org/{name}.yaml" for name in ("one", "two", "three"))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASKING = Asking("comment-1", "maya", 7, NOON)
CONFIGS = {path: ConfigFacts("1" * 40, {"STS12"}) for path in (ONE, TWO, THREE)}


def said(number, config, state, sha=SHA, **more):
    marker = Marker(config, sha, state, **more)
    return OwnComment(number, f"IC_{number}", marker.line(), marker, NOON - MINUTE)


def facts(*comments, **more):
    base = CommandFacts(ASKING, True, PullFacts(7, SHA, "open", ()), comments, configs=CONFIGS)
    return replace(base, **more)


def run(number, config, conclusion=None, request="", at=-1, sha=SHA):
    when = NOON + at * MINUTE
    return EvaluationRun(
        number, Subject(7, sha, config), request_digest(request), when, when, conclusion
    )


def done(found, line):
    """Kinds of operations, and the answer."""
    operations = decide(found, parse(line))
    texts = [one.body.split("\n", 1)[1] for one in operations if isinstance(one, Answer)]
    return [one for one in operations if not isinstance(one, Answer)], "".join(texts)


def configs(operations):
    return [one.inputs["config"] for one in operations if isinstance(one, Dispatch)]


def test_without_a_name_every_model_that_needs_it_is_evaluated():
    found = facts(
        said(3, TWO, State.FAILED), said(2, ONE, State.VALIDATED), said(4, THREE, State.EVALUATED)
    )
    operations, answer = done(found, "/evaluate")
    assert (configs(operations), answer) == ([ONE, TWO], "")
    assert configs_to_read(found, parse("/evaluate")) == [ONE, TWO]


def test_with_a_name_that_model_is_evaluated_also_again():
    found = facts(said(2, ONE, State.VALIDATED), said(4, THREE, State.EVALUATED))
    operations, answer = done(found, "/evaluate org/three")
    assert (configs(operations), answer) == ([THREE], "")


def test_several_models_that_all_are_evaluated_need_a_name():
    found = facts(said(2, ONE, State.EVALUATED), said(4, TWO, State.RUNNING))
    operations, answer = done(found, "/evaluate")
    assert operations == []
    assert answer.startswith("Nothing is left to evaluate: ")


def test_each_model_that_is_refused_is_named_in_one_answer():
    found = facts(
        said(2, ONE, State.VALIDATED), replace(said(3, TWO, State.VALIDATED), updated_at=NOON),
        said(4, THREE, State.FAILED), runs=(run(9, THREE),),
    )  # fmt: skip
    operations, answer = done(found, "/evaluate")
    assert configs(operations) == [ONE]
    assert [line.split(":")[0] for line in answer.splitlines()] == ["- `org/two`", "- `org/three`"]


def test_models_that_left_the_pull_request_are_left_out():
    found = facts(said(2, ONE, State.VALIDATED, OLD), said(3, TWO, State.VALIDATED))
    assert configs(done(found, "/evaluate")[0]) == [TWO]


def test_the_first_comment_on_a_model_is_the_comment():
    found = facts(said(2, ONE, State.INVALID), said(3, ONE, State.VALIDATED))
    assert configs(done(found, "/evaluate")[0]) == []


@pytest.mark.parametrize("state", State)
def test_from_which_states_a_run_may_start(state):
    operations, answer = done(facts(said(2, ONE, state)), "/evaluate")
    starts = state not in {State.INVALID, State.SUPERSEDED}
    assert (configs(operations) == [ONE], not answer) == (starts, starts)


@pytest.mark.parametrize(("at", "starts"), [(-1, True), (0, False), (1, False)])
def test_a_run_of_the_same_since_the_command_is_its_run(at, starts):
    found = facts(said(2, ONE, State.FAILED), runs=(run(9, ONE, "success", at=at),))
    operations, _ = done(found, "/evaluate")
    assert (configs(operations) == [ONE]) == starts
    assert any(isinstance(one, Say) for one in operations) != starts


def test_a_run_of_other_tasks_since_the_command_is_not_its_run():
    found = facts(said(2, ONE, State.FAILED), runs=(run(9, ONE, "failure", "--smoke", at=1),))
    assert configs(done(found, "/evaluate")[0]) == [ONE]


def test_a_run_that_a_push_overtook_is_not_told_at_the_new_commit():
    found = facts(said(2, ONE, State.VALIDATED), runs=(run(9, ONE, "cancelled", at=1, sha=OLD),))
    assert done(found, "/evaluate") == ([], "")


def test_of_two_runs_that_raced_the_newer_is_told():
    found = facts(said(2, ONE, State.QUEUED, run=8), runs=(run(9, ONE, at=1), run(8, ONE, at=1)))
    (say,) = done(found, "/evaluate")[0]
    assert (say.news.run, say.news.asked.by) == (9, "maya")


@pytest.mark.parametrize(
    "line", ["/evaluate", "/cancel", "/retry", "/publish", "/help", "/evalute"]
)
def test_what_has_its_answer_is_done(line):
    found = facts(
        said(2, ONE, State.FAILED), runs=(run(9, ONE),), answers=(OwnAnswer("comment-1"),)
    )
    assert done(found, line) == ([], "")
    assert configs_to_read(found, parse(line)) == []


def test_the_answer_to_another_command_is_none_to_this():
    found = facts(said(2, ONE, State.FAILED), answers=(OwnAnswer("comment-11"),))
    assert configs(done(found, "/evaluate")[0]) == [ONE]


def test_cancel_with_a_name_stops_that_model_alone():
    found = facts(
        said(2, ONE, State.RUNNING), said(3, TWO, State.RUNNING), runs=(run(9, TWO), run(8, ONE), run(7, ONE, "success"))
    )  # fmt: skip
    assert done(found, "/cancel org/one")[0] == [CancelRun(8)]
    assert done(found, "/cancel")[0] == [CancelRun(9), CancelRun(8)]


def test_cancel_stops_runs_of_commits_that_were_pushed_over_too():
    found = facts(said(2, ONE, State.VALIDATED), runs=(run(8, ONE, sha=OLD),))
    assert done(found, "/cancel")[0] == [CancelRun(8)]


@pytest.mark.parametrize(
    ("state", "number", "conclusion", "workflow"),
    [
        (State.RUNNING, 9, "success", "report.yml"), (State.QUEUED, 9, "success", "report.yml"),
        (State.VALIDATED, None, "success", "report.yml"), (State.FAILED, 8, "success", "report.yml"),
        (State.FAILED, 9, "success", "evaluate.yml"), (State.FAILED, 9, "failure", "evaluate.yml"),
        (State.CANCELLED, 9, "cancelled", "evaluate.yml"), (State.RUNNING, 9, "timed_out", "report.yml"),
        (State.VALIDATED, None, "failure", "report.yml"), (State.EVALUATED, 8, "failure", "report.yml"),
        (State.RUNNING, 9, "cancelled", "evaluate.yml"), (State.VALIDATED, None, "cancelled", "evaluate.yml"),
    ],
)  # fmt: skip
def test_what_retry_does_again(state, number, conclusion, workflow):
    found = facts(said(2, ONE, state, run=number), runs=(run(9, ONE, conclusion),))
    assert [one.workflow for one in done(found, "/retry")[0]] == [workflow]


@pytest.mark.parametrize("state", [State.EVALUATED, State.TRIED])
def test_retry_leaves_alone_what_ended_well_and_was_told(state):
    found = facts(said(2, ONE, state, run=9), runs=(run(9, ONE, "success"),))
    operations, answer = done(found, "/retry")
    assert operations == []
    assert answer.startswith("Nothing has failed there")


def test_retry_publishes_only_what_is_due_and_unknown():
    known = {"run": 9, "published": Published("open", 3)}
    runs = (run(9, ONE, "success"),)
    for more, workflows in (({"run": 9}, ["publish.yml"]), (known, [])):
        found = facts(said(2, ONE, State.EVALUATED, **more), runs=runs, publish_on="evaluated")
        assert [one.workflow for one in done(found, "/retry")[0]] == workflows


@pytest.mark.parametrize("word", ["/evaluate", "/cancel", "/retry", "/publish"])
def test_whoever_may_not_starts_nothing(word):
    found = facts(said(2, ONE, State.FAILED, run=9), may=False, runs=(run(9, ONE),))
    assert [type(one) for one in decide(found, parse(word))] == [Answer]
    assert configs_to_read(found, parse(word)) == []


def test_strangers_get_one_answer_each_and_few_in_all():
    had = tuple(OwnAnswer(f"comment-{n}", f"x{n}") for n in range(10, 9 + MOST_STRANGERS))
    found = facts(may=False, answers=had)
    (answer,) = decide(found, Command(Word.EVALUATE))
    assert answer_in(answer.body) == OwnAnswer("comment-1", "maya")
    assert (
        decide(replace(found, answers=(*had, OwnAnswer("comment-5", "maya"))), Command(Word.CANCEL))
        == []
    )
    full = (*had, OwnAnswer("comment-99", "x99"))
    assert decide(replace(found, answers=full), Command(Word.CANCEL)) == []


def test_the_label_goes_whatever_came_of_it():
    asking = replace(ASKING, key="label-1", label="evaluate", head_sha=SHA)
    pull = PullFacts(7, SHA, "open", ("evaluate",))
    found = facts(said(2, ONE, State.VALIDATED), asking=asking, pull=pull)
    for changed in (
        found,
        replace(found, may=False),
        replace(found, answers=(OwnAnswer("label-1"),)),
    ):
        assert decide(changed, Command(Word.EVALUATE))[-1] == RemoveLabel("evaluate")
    gone = replace(found, pull=replace(pull, labels=()))
    assert not any(isinstance(one, RemoveLabel) for one in decide(gone, Command(Word.EVALUATE)))


def test_an_answer_of_anybody_else_is_none():
    body = f"{OwnAnswer('comment-1').line()}\nno"
    comments = [Comment(n, "IC", by, body, NOON) for n, by in enumerate(("ann", "BOT[bot]", ""))]
    assert own_answers(comments, "bot[bot]") == (OwnAnswer("comment-1"),)


@pytest.mark.parametrize(
    "data",
    [
        "{}", "[]", "nonsense", '{"v":2,"to":"comment-1"}', '{"v":true,"to":"comment-1"}', '{"v":1,"to":"comment-"}',
        '{"v":1,"to":1}', '{"v":1,"to":"comment-1","more":1}', '{"v":1,"to":"comment-1","stranger":"a b"}',
        '{"v":1,"to":"comment-1","stranger":1}', '{"v":1,"to":"comment-' + "1" * 400 + '"}',
    ],
)  # fmt: skip
def test_a_hidden_line_that_breaks_one_rule_is_no_answer(data):
    assert answer_in(f"<!-- mteb-bot-answer {data} -->\ntext") is None
    assert answer_in(f"{OwnAnswer('comment-1', 'ann').line()}\r\ntext") == OwnAnswer(
        "comment-1", "ann"
    )


def test_a_title_is_read_back_as_it_was_written():
    subject = Subject(7, SHA, ONE)
    assert subject_in(title_of(subject, "--smoke")) == (subject, request_digest("--smoke"))


@pytest.mark.parametrize(
    "title",
    [
        "", "evaluate", f"evaluate #0 {ONE} {SHA} {'0' * 16}", f"evaluate #7 models/../x.yaml {SHA} {'0' * 16}",
        f"evaluate #7 {ONE} {SHA[:39]} {'0' * 16}", f"evaluate #7 {ONE} {SHA} {'0' * 15}", f"evaluate #7 {ONE} {SHA} ",
        f"evaluate #7 {ONE} {SHA} {'0' * 16} more", f" evaluate #7 {ONE} {SHA} {'0' * 16}", f"evaluate #07 {ONE} {SHA} {'0' * 16}",
        f"evaluate #7 {ONE} {SHA} {'0' * 16}\n", f"evaluate #7 models/{'o' * 300}/x.yaml {SHA} {'0' * 16}",
    ],
)  # fmt: skip
def test_another_title_names_nothing(title):
    assert subject_in(title) is None
