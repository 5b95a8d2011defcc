"""/cancel, /retry, /publish, /help and the label on a local GitHub, and `stop`."""

import json
from hashlib import sha256

import pytest
from commands_made import EVALUATE, inputs, open_town
from conversation_made import BOARD, CONFIG, REVISION
from made import outcome, report_data

from bot.cli import main
from bot.commanding.wording import help_
from bot.conversation.marker import Asked
from bot.conversation.states import State

VALIDATE = ".github/workflows/validate.yml"
CHECKING = "**Checking again.** The comment on each model says what was found."
NOTHING_FAILED = (
    "Nothing has failed there that could be tried again. `/evaluate` starts an evaluation."
)
STOPPED = "**Stopped.** What waited or ran for it has been cancelled; the comment on each model says how it ended."


@pytest.fixture
def town(tmp_path, monkeypatch):
    """The bot has said that the config is valid."""
    with open_town(tmp_path, monkeypatch, "checked") as town:
        yield town


@pytest.fixture
def running(town):
    """A run that maya asked for is at work."""
    town.ask("/evaluate STS12")
    town.clock.tick()
    town.report("running", "--run", town.run.id)
    return town


def failed(town, conclusion="failure"):
    town.end(town.runs[-1], conclusion)
    town.report("cancelled" if conclusion == "cancelled" else "failed", "--run", town.runs[-1].id)


def evaluated(town):
    town.end(town.runs[-1])
    data = report_data(outcome("STS12", 0.7, task_type="STS"))
    data["model"] |= {"revision": REVISION}
    path = town.folder / "checkout" / CONFIG
    data["provenance"]["config_sha256"] = sha256(path.read_bytes()).hexdigest()
    (town.folder / "report.json").write_text(json.dumps(data))
    town.report("evaluated", "--run", town.runs[-1].id, "--results", town.folder)


def test_cancel_stops_what_runs_and_the_same_event_again_does_nothing(running):
    running.ask("/cancel", "walt")
    assert running.run.conclusion == "cancelled"
    assert running.answers == [STOPPED]
    running.respond()
    assert running.writes == []


def test_cancel_leaves_other_pull_requests_and_other_branches_alone(running):
    github = running.github
    for branch, title in (
        ("main", f"evaluate #2 {CONFIG} {running.sha} {'0' * 16}"),
        ("evil", running.run.title),
    ):
        if branch != "main":
            github.push(BOARD, branch, {"x": b"x"})
        github.add_run(BOARD, EVALUATE, "workflow_dispatch", branch, "walt").title = title
    running.ask("/cancel")
    assert [run.conclusion for run in running.runs] == ["cancelled", None, None]


def test_cancel_where_nothing_runs_says_so(town):
    town.ask("/cancel")
    assert town.answers == ["Nothing waits or runs."]


def test_cancel_puts_a_comment_right_that_tells_of_a_run_that_was_lost(running):
    running.runs.clear()
    running.ask("/cancel")
    assert (running.answers, running.marker.state) == ([STOPPED], State.CANCELLED)
    running.clock.tick()
    running.ask("/evaluate")
    assert len(running.runs) == 1


def test_cancel_that_was_killed_before_its_answer_gives_the_same_answer(running):
    running.ask("/cancel")
    pull = running.github.pull(BOARD, 1)
    pull.comments = [one for one in pull.comments if "mteb-bot-answer" not in one.body]
    running.respond()
    assert running.answers == [STOPPED]


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out"])
def test_retry_evaluates_again_what_was_asked_for(running, conclusion):
    failed(running, conclusion)
    comment = running.comment("/retry", "walt")
    running.event_of(comment)
    running.respond()
    digest = running.runs[0].inputs["digest"]
    assert running.runs[1].inputs == inputs(running.sha, str(comment.id), "STS12", digest)
    assert running.marker.asked == Asked("walt", "STS12", f"comment-{comment.id}")
    assert running.marker.state is State.QUEUED
    before = running.github.state(BOARD)
    running.respond()
    assert running.github.state(BOARD) == before


@pytest.mark.parametrize("conclusion", ["success", "failure", "timed_out"])
def test_retry_tells_of_a_run_whose_report_got_lost(running, conclusion):
    running.end(running.run, conclusion)
    running.clock.tick()
    running.ask("/retry")
    first, second = running.runs
    assert (second.path, second.inputs) == (".github/workflows/report.yml", {"run": str(first.id)})
    said = (
        f"**Reading run {first.id} again.** It has ended, and what it left will be told in the comment. If that "
        "cannot be had any more, `/evaluate` measures again."
    )
    assert running.answers == [said]
    running.respond()
    assert running.writes == []


def test_retry_evaluates_again_after_a_cancellation_that_nobody_told_of(running):
    running.end(running.run, "cancelled")
    running.clock.tick()
    running.ask("/retry")
    assert running.runs[1].inputs["request"] == "STS12"


def test_retry_beside_a_run_says_so(running):
    running.ask("/retry")
    assert running.answers == [
        "An evaluation of this commit waits or runs already; `/cancel` stops it."
    ]


def test_retry_of_a_commit_that_nobody_looked_at_checks_it_and_evaluates_nothing(running):
    failed(running)
    running.event_of(running.comment("/retry"))
    sha = running.push()
    running.respond()
    assert [run.path for run in running.runs] == [EVALUATE, VALIDATE]
    assert running.runs[1].inputs == {"pull": "1", "sha": sha}
    assert running.answers == [CHECKING]
    running.respond()
    assert running.writes == []


def test_retry_checks_again_where_the_bot_said_nothing_yet(tmp_path, monkeypatch):
    with open_town(tmp_path, monkeypatch) as town:
        town.ask("/evaluate")
        assert "`/retry` starts one" in town.answers[0]
        town.ask("/retry org/name")
        assert town.runs[0].inputs == {"pull": "1", "sha": town.sha}
        assert town.answers[1:] == [CHECKING]


def test_retry_checks_again_what_was_not_valid(tmp_path, monkeypatch):
    with open_town(tmp_path, monkeypatch) as town:
        path = town.folder / "checkout" / CONFIG
        path.write_bytes(path.read_bytes().replace(b"license:", b"licence:"))
        town.report("validated")
        assert town.marker.state is State.INVALID
        town.ask("/retry")
        assert [run.path for run in town.runs] == [VALIDATE]


def test_retry_of_another_config_than_the_pull_request_brings_checks_nothing(town):
    town.ask("/retry org/other")
    assert town.runs == []
    assert town.answers == ["This pull request holds no config of `org/other`."]


def test_retry_follows_a_command_that_came_to_nothing(town):
    town.comment("/evaluate --smoke", "walt")
    town.clock.tick()
    town.comment("/help", "walt")
    comment = town.comment("/retry", "maya")
    town.event_of(comment)
    town.respond()
    assert town.run.inputs["request"] == "--smoke"
    assert town.run.inputs["approval"] == str(comment.id)
    assert town.marker.asked.by == "maya"


@pytest.mark.parametrize("by", ["ann", "tria", "github-actions[bot]"])
def test_retry_follows_no_command_of_somebody_who_may_not(town, by):
    town.comment("/evaluate", by)
    town.clock.tick()
    town.ask("/retry")
    assert town.runs == []
    assert town.answers == [NOTHING_FAILED]


def test_retry_follows_no_command_that_was_edited(town):
    comment = town.comment("/help", "walt")
    town.clock.tick()
    comment.body, comment.updated_at = "/evaluate", town.github.now()
    town.clock.tick()
    town.ask("/retry")
    assert (town.runs, town.answers) == ([], [NOTHING_FAILED])


def test_retry_follows_no_command_that_was_answered_or_taken_back(town):
    town.ask("/evaluate NoSuchTask")
    town.clock.tick()
    town.ask("/retry")
    assert (town.runs, town.answers[1:]) == ([], [NOTHING_FAILED])
    town.comment("/evaluate")
    town.comment("/cancel")
    town.clock.tick()
    town.ask("/retry")
    assert (town.runs, town.answers[2:]) == ([], [NOTHING_FAILED])


def test_retry_follows_no_command_from_before_what_the_comment_says(town):
    town.comment("/evaluate")
    town.clock.tick()
    town.push()
    town.report("validated")
    town.ask("/retry")
    assert (town.runs, town.answers) == ([], [NOTHING_FAILED])


def test_retry_where_nothing_failed_says_so(town):
    town.ask("/retry")
    assert town.answers == [NOTHING_FAILED]


def test_retry_of_tasks_that_nobody_remembers_asks_for_them(running):
    running.end(running.run, "failure")
    pull = running.github.pull(BOARD, 1)
    pull.comments.clear()
    running.report("failed", "--run", running.run.id)
    running.ask("/retry")
    assert running.answers == [
        "Which tasks the last run was asked for is not known any more. Name them: `/evaluate TASK…`."
    ]


def test_publish_starts_the_publication_of_the_run_that_the_comment_tells_of(running):
    evaluated(running)
    run = running.run.id
    running.ask("/publish")
    second = running.runs[1]
    assert (second.path, second.inputs) == (".github/workflows/publish.yml", {"run": str(run)})
    assert running.answers == [
        f"**Publishing the scores of run {run}.** The comment says what became of it."
    ]


def test_publish_without_scores_says_so(running):
    running.ask("/publish")
    failed(running)
    running.ask("/publish")
    assert running.answers == ["There are no scores to publish: `/evaluate` first."] * 2


def test_publish_where_the_settings_forbid_it_says_so(running):
    (running.folder / "settings.yml").write_text("schema_version: 1\npublish: {on: never}\n")
    evaluated(running)
    running.ask("/publish")
    assert running.answers == [
        "The settings of this repository say that nothing is published (`publish: {on: never}`)."
    ]


def test_retry_publishes_where_publishing_is_due_and_nothing_is_known_of_it(running):
    (running.folder / "settings.yml").write_text("schema_version: 1\npublish: {on: evaluated}\n")
    evaluated(running)
    running.ask("/retry")
    assert running.runs[1].path == ".github/workflows/publish.yml"


def test_retry_publishes_what_somebody_wanted_published_and_was_not(running):
    evaluated(running)
    running.comment("/publish", "walt")
    running.clock.tick()
    running.ask("/retry")
    assert running.runs[1].path == ".github/workflows/publish.yml"


def test_retry_publishes_nothing_where_nobody_wanted_it(running):
    evaluated(running)
    running.ask("/retry")
    assert len(running.runs) == 1
    assert running.answers == [NOTHING_FAILED]


def test_retry_on_a_merged_pull_request_accepts_again(running):
    evaluated(running)
    pull = running.github.pull(BOARD, 1)
    pull.state, pull.closed_at, pull.merged_at = (
        "closed",
        running.github.now(),
        running.github.now(),
    )
    pull.merged_by, pull.merge_commit_sha = "maya", pull.head_sha
    running.ask("/retry")
    second = running.runs[1]
    assert (second.path, second.inputs) == (".github/workflows/accept.yml", {"pull": "1"})
    assert running.answers == [
        "**Accepting again.** The results of the merged commit are brought to the default branch."
    ]


@pytest.mark.parametrize("by", ["maya", "ann"])
def test_help_shows_the_table(town, by):
    town.ask("/help", by)
    assert town.answers == [help_()]


def test_what_was_meant_as_a_command_gets_one_short_answer_without_a_mention(town):
    town.ask("/evaluate @team [x](https://evil.example)")
    (answer,) = town.answers
    assert answer.startswith("`[x](https://evil.example)` is no model;")
    assert len(answer) < 300
    town.respond()
    assert town.writes == []


def test_stop_cancels_the_runs_of_other_commits_only(running, capsys):
    old = running.sha
    assert main(["stop", "--pull", "1", "--except", old]) == 0
    assert running.run.conclusion is None
    new = running.push()
    assert main(["stop", "--pull", "1", "--except", new]) == 0
    assert running.run.conclusion == "cancelled"
    assert f"stopped run {running.run.id}: {CONFIG} at {old[:7]}\n" in capsys.readouterr().out
    assert main(["stop", "--pull", "1", "--except", new]) == 0
    assert running.outputs == "stopped=0\nstopped=1\nstopped=0\n"


def test_the_stop_of_an_old_push_that_is_run_again_leaves_the_heads_evaluation_alone(running):
    old, head = "0" * 40, running.sha
    assert running.github.pull(BOARD, 1).head_sha == head
    assert main(["stop", "--pull", "1", "--except", old]) == 0
    assert (running.run.conclusion, running.outputs) == (None, "stopped=0\n")


def test_stop_cancels_all_and_a_run_that_ended_meanwhile_is_no_trouble(running):
    assert main(["stop", "--pull", "1"]) == 0
    assert running.run.conclusion == "cancelled"


def test_the_stop_of_a_closed_pull_request_leaves_one_alone_that_is_open_again(running):
    assert main(["stop", "--pull", "1", "--closed"]) == 0
    assert (running.run.conclusion, running.outputs) == (None, "stopped=0\n")
    running.github.close_pull(BOARD, 1)
    assert main(["stop", "--pull", "1", "--closed"]) == 0
    assert running.run.conclusion == "cancelled"


@pytest.mark.parametrize("words", [["--pull", "0"], ["--pull", "1", "--except", "abc"]])
def test_stop_with_arguments_of_another_shape_is_usage(words):
    assert main(["stop", *words]) == 2
