"""/evaluate on a local GitHub: what is started, for whom, of which commit, and never twice."""

import pytest
from commands_made import inputs, open_town
from conversation_made import BOARD, CONFIG

from bot.conversation.marker import Asked
from bot.conversation.states import State


@pytest.fixture
def town(tmp_path, monkeypatch):
    with open_town(tmp_path, monkeypatch) as town:
        yield town


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """The bot has said that the config is valid."""
    with open_town(tmp_path, monkeypatch, "checked") as town:
        yield town


def test_a_maintainers_comment_starts_one_run_of_the_commit_that_the_comment_names(checked):
    comment = checked.comment("/evaluate\nthanks!")
    checked.event_of(comment)
    assert checked.respond() == 0
    assert checked.run.inputs == inputs(checked.sha, str(comment.id))
    assert checked.run.title == f"evaluate #1 {CONFIG} {checked.sha} e3b0c44298fc1c14"
    assert checked.run.head_branch == "main"
    assert checked.labels == ["mteb: queued"]
    asked = Asked("maya", "", f"comment-{comment.id}")
    assert (checked.marker.state, checked.marker.run, checked.marker.asked) == (
        State.QUEUED, checked.run.id, asked,
    )  # fmt: skip
    assert (
        f"https://github.example/lab/board/actions/runs/{checked.run.id}) · asked for by `maya`</sub>"
        in checked.bodies[0]
    )
    assert checked.answers == []


def test_the_same_event_again_starts_no_second_run(checked):
    checked.ask("/evaluate")
    before = checked.github.state(BOARD)
    assert checked.respond() == 0
    assert checked.writes == []
    assert checked.github.state(BOARD) == before


@pytest.mark.parametrize("conclusion", ["success", "failure", "cancelled"])
def test_the_same_event_after_the_run_has_ended_starts_none(checked, conclusion):
    checked.ask("/evaluate")
    checked.end(checked.run, conclusion)
    checked.report("failed", "--run", checked.run.id)
    assert checked.respond() == 0
    assert (checked.writes, len(checked.runs)) == ([], 1)


def test_the_same_event_after_the_comment_was_deleted_and_made_anew_starts_none(checked):
    checked.ask("/evaluate")
    pull = checked.github.pull(BOARD, 1)
    pull.comments = [one for one in pull.comments if one.author == "maya"]
    checked.report("validated")
    assert checked.respond() == 0
    assert len(checked.runs) == 1


def test_a_run_that_was_started_and_not_told_is_told(checked):
    """As after a kill between the two."""
    checked.ask("/evaluate")
    run = checked.run.id
    pull = checked.github.pull(BOARD, 1)
    (told,) = (one for one in pull.comments if "mteb-bot" in one.body)
    told.body = told.body.replace("queued", "validated").replace(f'"run":{run},', "")
    told.body = told.body.partition(',"asked"')[0] + "} -->\n### text"
    checked.respond()
    assert (len(checked.runs), checked.marker.state, checked.marker.run) == (1, State.QUEUED, run)


@pytest.mark.parametrize(
    ("line", "asked", "digest"),
    [
        ("/evaluate --smoke", "--smoke", "fe12926a2f971f99"),
        ("/evaluate STSBenchmark STS12 STS12", "STS12 STSBenchmark", "6de7121ecea0b171"),
        ("/evaluate org/name STS12 --smoke", "--smoke STS12", "3645d194cb524d96"),
    ],
)
def test_what_is_asked_for_reaches_the_run_and_the_comment(checked, line, asked, digest):
    comment = checked.comment(line)
    checked.event_of(comment)
    assert checked.respond() == 0
    assert (checked.run.inputs["request"], checked.run.inputs["digest"]) == (asked, digest)
    assert checked.run.title.endswith(f" {digest}")
    assert f"asked for by `maya`: `{asked}`" in checked.bodies[0]
    assert checked.marker.asked == Asked("maya", asked, f"comment-{comment.id}")


def test_a_task_that_the_config_does_not_ask_for_gets_the_nearest_name(checked):
    checked.ask("/evaluate STSBenchmrk")
    assert checked.answers == [
        "The config does not ask for a task `STSBenchmrk`. Did you mean `STSBenchmark`?"
    ]
    assert checked.runs == []


def test_a_custom_task_of_the_config_is_known_by_its_name(town):
    from conversation_made import config

    task = (
        b"schema_version: 1\nname: OurTask\ntype: sts\nlanguages: [eng-Latn]\n"
        b"dataset: {id: org/data, revision: " + b"2" * 40 + b"}\n"
        b"columns: {first: a, second: b, score: c}\n"
    )
    files = {
        CONFIG: config(evaluate={"tasks": ["STS12", "../tasks/ours.yaml"]}),
        "models/tasks/ours.yaml": task,
    }
    town.github.push("ann/board", "add-model", files)
    town.report("queued")
    town.report("cancelled")
    town.ask("/evaluate OurTask")
    assert (town.answers, town.run.inputs["request"]) == ([], "OurTask")
    town.end(town.run)
    town.report("failed", "--run", town.run.id)
    town.ask("/evaluate OurTsk")
    assert town.answers == ["The config does not ask for a task `OurTsk`. Did you mean `OurTask`?"]


MOVED = (
    "The pull request has another head than the commit that the bot's comment is about. Wait until the new "
    "commit is checked, look at it, and ask again. If no check comes, `/retry` starts one."
)
NOTHING_SAID = (
    "The bot has said nothing of a model config in this pull request yet. If it brings one and no check comes, "
    "`/retry` starts one."
)
CHANGED = (
    "What the bot says of it changed after that was asked, or in the same second, so what was asked for may "
    "not be what was looked at. Look at it, and ask again."
)


@pytest.mark.parametrize("line", ["/evaluate", "/evaluate org/name"])
def test_a_push_before_the_command_that_nobody_checked_yet_stops_it(checked, line):
    checked.push()
    checked.ask(line)
    assert (checked.runs, checked.answers) == ([], [MOVED])


def test_a_push_between_command_and_workflow_stops_it(checked):
    checked.event_of(checked.comment("/evaluate"))
    checked.push()
    checked.respond()
    assert (checked.runs, checked.answers) == ([], [MOVED])


def test_a_push_between_that_the_bot_has_checked_by_then_stops_it(checked):
    """The maintainer saw the old commit; the comment names the new one by now."""
    checked.event_of(checked.comment("/evaluate"))
    checked.push()
    checked.report("validated")
    checked.respond()
    assert (checked.runs, checked.answers) == ([], [CHANGED])


def test_the_same_second_is_not_earlier(town):
    town.report("validated")
    town.clock.tick(-60)
    town.event_of(town.comment("/evaluate"))
    town.respond()
    assert (town.runs, town.answers) == ([], [CHANGED])


def test_a_refused_command_stays_refused_when_its_job_runs_again(checked):
    checked.push()
    checked.ask("/evaluate")
    checked.report("validated")
    checked.respond()
    assert (checked.runs, checked.writes) == ([], [])


def test_nothing_starts_beside_a_run_of_the_same_commit(checked):
    checked.ask("/evaluate")
    checked.clock.tick()
    checked.ask("/evaluate --smoke")
    checked.report("running", "--run", checked.run.id)
    checked.ask("/evaluate", "walt")
    assert len(checked.runs) == 1
    assert (
        checked.answers
        == ["An evaluation of this commit waits or runs already; `/cancel` stops it."] * 2
    )


@pytest.mark.parametrize(
    ("state", "more"), [("failed", ()), ("cancelled", ()), ("queued", ()), ("running", ())]
)
def test_a_new_command_starts_a_new_run_after_the_last_has_ended(checked, state, more):
    checked.ask("/evaluate")
    first = checked.run
    checked.end(first, "failure")
    checked.report(state, "--run", first.id, *more)
    checked.ask("/evaluate")
    assert len(checked.runs) == 2
    assert (checked.marker.state, checked.marker.run) == (State.QUEUED, checked.runs[1].id)


@pytest.mark.parametrize("state", ["closed", "merged"])
def test_nothing_starts_on_a_pull_request_that_is_not_open(checked, state):
    pull = checked.github.pull(BOARD, 1)
    pull.state, pull.closed_at = "closed", checked.github.now()
    if state == "merged":
        pull.merged_at, pull.merged_by, pull.merge_commit_sha = (
            checked.github.now(),
            "maya",
            pull.head_sha,
        )
    checked.ask("/evaluate")
    assert (checked.runs, checked.answers) == ([], [f"This pull request is {state}."])


def test_an_invalid_config_is_not_evaluated(town):
    (town.folder / "checkout" / CONFIG).write_bytes(b"model: 1\n")
    town.report("validated")
    town.ask("/evaluate")
    assert town.answers == [
        "Its config has problems that must be mended first: see the comment on it."
    ]


def test_a_config_that_the_head_does_not_hold_as_a_valid_one_is_not_evaluated(town):
    town.github.push("ann/board", "add-model", {CONFIG: b"model: 1\n"})
    town.report("validated")
    town.ask("/evaluate")
    assert (town.runs, town.answers) == (
        [], ["Its config cannot be read at this commit as a valid one."],
    )  # fmt: skip


def test_a_pull_request_of_which_nothing_was_said_is_not_evaluated(town):
    town.ask("/evaluate")
    assert town.answers == [NOTHING_SAID]


def test_a_forged_comment_approves_nothing(checked):
    from bot.conversation.marker import Marker

    pull = checked.github.pull(BOARD, 1)
    pull.comments.clear()
    checked.comment(f"{Marker(CONFIG, checked.sha, State.VALIDATED).line()}\nfine", "ann")
    checked.clock.tick()
    checked.ask("/evaluate")
    assert checked.answers == [NOTHING_SAID]


def test_an_unknown_model_gets_the_nearest_one(checked):
    checked.ask("/evaluate org/nam")
    assert checked.answers == [
        "This pull request holds no config of `org/nam`. Did you mean `org/name`?"
    ]
