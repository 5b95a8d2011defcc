"""What `mteb-bot verify` prints, and what it does where the Hub, or its caller, makes a mistake."""

from pathlib import Path

import pytest
import verify_made
from verify_made import CARD, MODEL, PUBLISH, edit, put

from bot.cli import main
from tests.standins.faults import Fault, Kind
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server
from tests.verify_world import server

__all__ = ["server"]


@pytest.fixture
def hub(tmp_path):
    local = LocalHub(tmp_path / "hub")
    verify_made.publish(local, chart=False)
    return local


@pytest.mark.usefixtures("server")
def test_the_text_says_what_to_do_first(hub, capsys):
    edit(CARD, "value: 82.0325", "value: 84.1")(hub)
    assert main(["verify", MODEL]) == 1
    head, _, rest = capsys.readouterr().out.partition("\n\n")
    assert head == f"org/name at {hub.hub.find(MODEL).revision[:7]} on the Hub"
    assert rest.splitlines()[4:9] == [
        "ok         results-valid: 3 task results, every one valid",
        "not ok     model-index: STSBenchmark (default, test) says main_score 84.1, the result 82.0325",
        "           why: It is what search and other sites read; edited by hand it drifts from the results.",
        f"           fix: {PUBLISH}",
        "ok         eval-results: the Hub shows 4 results",
    ]
    assert rest.splitlines()[-1] == "9 ok, 1 not ok."


@pytest.mark.usefixtures("server")
def test_names_from_outside_cannot_act_on_the_terminal(hub, capsys):
    put("mteb_results/\x1b[31m##[error]x.json", b"{}")(hub)
    assert main(["verify", MODEL]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "##[error]" not in said


def test_a_hub_that_cannot_be_reached_proves_nothing(hub, monkeypatch, capsys):
    with Server(hub) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    assert main(["verify", MODEL]) == 4
    assert capsys.readouterr().err == (
        "mteb-bot: the Hub was asked 5 times and did not answer as it should: no connection\n"
        "  fix: run the same command again later; it goes on where it stopped\n"
    )


def test_a_hub_that_fails_on_the_way_proves_nothing(server, capsys):
    server.inject(Fault(Kind.ERROR_502, at=4, times=100))
    assert main(["verify", MODEL]) == 4
    assert capsys.readouterr().out == ""


FAULTS = (Kind.RESET, Kind.ERROR_500, Kind.TRUNCATED, Kind.STALL)


@pytest.mark.parametrize(("at", "kind"), [*enumerate(FAULTS * 2, start=1)])
def test_one_fault_anywhere_changes_nothing(kind, at, server, capsys):
    server.inject(Fault(kind, at=at, seconds=0.05))
    assert main(["verify", MODEL]) == 0
    assert capsys.readouterr().out.endswith("The result is public: all 10 rows ok.\n")


@pytest.mark.usefixtures("server")
def test_a_token_that_is_not_accepted_is_said(monkeypatch, capsys):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert main(["verify", MODEL]) == 3
    said = capsys.readouterr()
    assert said.err.startswith("mteb-bot: the Hub refused (HTTP 401)")
    assert "hf_wrong" not in said.err + said.out


@pytest.mark.parametrize(
    "arguments",
    [["name"], ["org/name", "--revision", "main"], ["org/name", "--published-at", "soon"],
     ["../x/y"], ["org/name", "--results-repository", "x"]],
)  # fmt: skip
def test_wrong_arguments_are_usage(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["verify", *arguments])
    assert stopped.value.code == 2


@pytest.mark.usefixtures("server")
def test_a_results_folder_that_is_not_there_is_usage():
    assert main(["verify", MODEL, "--results", str(Path("nowhere"))]) == 2
