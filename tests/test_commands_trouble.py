"""Answers that get lost, a GitHub that goes away, a bot that is killed: the same command again ends as one undisturbed."""

import json
import re
import shutil

import pytest
from commands_made import PERMISSIONS, open_town
from conversation_made import BOARD, BOT

from bot.conversation.states import State
from tests.standins.faults import Fault, Kind

COMMANDS = (
    "/evaluate",
    "/evaluate STS12 --smoke",
    "/evaluate --what",
    "/cancel",
    "/retry",
    "label",
)
_IDS = re.compile(r'"run":\d+|runs/\d+|comment-\d+|"approval": "\d+"')
_HANG = {"seconds": None}


def asked(town, command):
    """The event is there, and nobody has responded to it."""
    if command in {"/cancel", "/retry"}:
        town.ask("/evaluate STS12")
        town.clock.tick()
    if command == "/retry":
        town.end(town.run, "failure")
        town.report("failed", "--run", town.run.id)
    if command == "label":
        town.label()
    else:
        town.event_of(town.comment(command))


def end_state(town):
    """What people see, and what was started, whatever the numbers."""
    state = json.dumps(town.github.state(BOARD), indent=1, sort_keys=True)
    runs = [(run.title, run.conclusion) for run in town.runs]
    return _IDS.sub("#", state), runs


@pytest.fixture
def points(tmp_path, monkeypatch):
    """Run a command undisturbed, then anew for each of some requests with something wrong there."""

    def tried(command, spoil, every):
        with open_town(tmp_path / "undisturbed", monkeypatch, "checked") as town:
            asked(town, command)
            assert town.respond() == 0
            requests, wanted = len(town.server.log), end_state(town)
        for number in range(1, requests + 1, every):
            folder = tmp_path / str(number)
            with open_town(folder, monkeypatch, "checked") as town:
                asked(town, command)
                town.server.clear()
                code = spoil(town, number)
                assert code in {0, 4}, number
                assert town.respond() == 0
                assert end_state(town) == wanted, (command, number)
            shutil.rmtree(folder)

    return tried


def lost_answer(town, number):
    town.server.inject(Fault(Kind.RESET_APPLIED, number))
    return town.respond_on()


def killed(town, number):
    """After the request was applied, nothing of the bot reaches GitHub any more."""
    town.server.inject(Fault(Kind.RESET_APPLIED, number))
    town.server.inject(Fault(Kind.REFUSED, number + 1, **_HANG))
    return town.respond_on()


def garbled(town, number):
    town.server.inject(Fault(Kind.TRUNCATED, number))
    return town.respond_on()


@pytest.mark.parametrize("spoil", [lost_answer, killed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("command", ["/evaluate", "/cancel"])
def test_a_disturbed_command_ends_as_an_undisturbed_one(points, command, spoil):
    points(command, spoil, every=9)


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [lost_answer, killed, garbled], ids=lambda one: one.__name__)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_disturbed_anywhere_ends_as_an_undisturbed_one(points, command, spoil):
    points(command, spoil, every=1)


@pytest.fixture
def town(tmp_path, monkeypatch):
    with open_town(tmp_path, monkeypatch, "checked") as town:
        yield town


def test_a_start_whose_answer_got_lost_is_looked_up_and_not_repeated(town):
    asked(town, "/evaluate")
    town.respond()
    number = next(x.number for x in town.server.log if x.path.endswith("/dispatches"))
    town.github.pull(BOARD, 1).comments.clear()
    town.runs.clear()
    town.report("validated")
    asked(town, "/evaluate")
    town.server.clear()
    town.server.inject(Fault(Kind.RESET_APPLIED, number))
    assert town.respond_on() == 0
    assert (town.marker.state, town.marker.run) == (State.QUEUED, town.run.id)
    assert len([x for x in town.server.log if x.path.endswith("/dispatches")]) == 1


def test_a_list_that_does_not_show_the_new_run_yet_starts_no_second_one(town, monkeypatch):
    """GitHub's lists may lag behind by some seconds."""
    from tests.standins.github.routes import actions

    listed = actions._listed
    monkeypatch.setattr(
        actions, "_listed", lambda call, found: listed(call, [run for run in found if run.event != "workflow_dispatch"])
    )  # fmt: skip
    asked(town, "/evaluate")
    assert town.respond() == 0
    assert (len(town.runs), town.marker.run) == (1, town.run.id)


def test_an_answer_that_the_list_does_not_show_yet_is_not_given_twice(town, monkeypatch):
    from tests.standins.github.routes import issue_comments
    from tests.standins.github.routing import ENDPOINTS, Listed

    endpoint = ENDPOINTS["GET /repos/{owner}/{repo}/issues/{issue_number}/comments"]

    def stale(call, issue_number):
        whole = endpoint.act(call, issue_number)
        return Listed([one for one in whole.items if "answer" not in one.body], whole.shape)

    name = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments"
    monkeypatch.setitem(ENDPOINTS, name, endpoint.__class__(**{**vars(endpoint), "act": stale}))
    assert issue_comments.listed is endpoint.act
    town.ask("/help")
    assert len(town.answers) == 1


@pytest.mark.parametrize(
    ("lacking", "doing"),
    [
        ("actions", "start evaluate.yml"),
        ("checks", "update the check run"),
        ("issues", "create the label `mteb: queued`"),
    ],
)
def test_a_permission_that_the_token_lacks_is_named(town, capsys, lacking, doing):
    town.use_token({name: level for name, level in PERMISSIONS.items() if name != lacking})
    capsys.readouterr()
    assert town.ask("/evaluate") == 3
    said = capsys.readouterr().err
    assert said.startswith(f"mteb-bot: cannot {doing}: GitHub refused (HTTP 403)")
    assert f"permissions: {lacking.replace('_', '-')}: write" in said


def test_a_token_of_another_account_is_refused_before_anything_stands_twice(town, capsys):
    secret = town.github.add_token(
        "other[bot]", {"pull_requests": "write", "contents": "read"}, BOARD
    )
    town.patch.setenv("GITHUB_TOKEN", secret)
    assert town.ask("/help") == 2
    assert f"writes as other[bot], not as {BOT}" in capsys.readouterr().err
