"""`mteb-bot verify --recent` of models that were trained here: only what is meant for the public is asked of the Hub."""

import re
from pathlib import Path

import pytest
import verify_made
import yaml
from accepted_made import accept, accept_files, board
from finetuned_made import tuned_config
from tuned_weights_made import model_files, report_of
from verify_made import MODEL

from bot.card.card import write_card
from bot.cli import main
from bot.report import report_from
from tests.standins.hub.app import LocalHub
from tests.verify_world import server

__all__ = ["board", "server"]

NEW, OPEN, PULL = (
    {"publish": {"to": "new-repository"}},
    {"publish": {"to": "new-repository", "private": False}},
    {"publish": {"to": "pull-request"}},
)
_PRIVATE = "Its tuned weights go to a private repository"


@pytest.fixture
def hub(tmp_path: Path) -> LocalHub:
    """One that has no model yet."""
    return LocalHub(tmp_path / "hub")


def decide(board: Path, **publish: str) -> None:
    """Write the maintainers' settings."""
    path = board / ".github" / "mteb-bot.yml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump({"schema_version": 1, "publish": publish}))


def verify(board: Path) -> int:
    return main(["verify", "--recent", "14", "--board", str(board)])


@pytest.mark.parametrize(
    ("finetune", "publish", "why"),
    [
        ({}, {}, "The tuned weights go nowhere"),
        ({}, {"tuned_weights": "public"}, "The tuned weights go nowhere"),
        (OPEN, {}, "This board publishes no tuned weights"),
        (PULL, {"tuned_weights": "never"}, "This board publishes no tuned weights"),
        (NEW, {"tuned_weights": "public"}, _PRIVATE),
        (OPEN, {"tuned_weights": "private"}, _PRIVATE),
        (PULL, {"tuned_weights": "private"}, _PRIVATE),
        (OPEN, {"tuned_weights": "public", "on": "never"}, "This board offers no results"),
    ],
)
def test_weights_that_the_public_is_not_to_see_are_named_and_not_judged(
    server, board, capsys, finetune, publish, why
):
    tuned_config(board, finetune)
    if publish:
        decide(board, **publish)
    accept(board)
    assert verify(board) == 0
    said = capsys.readouterr().out
    first, _, last = said.splitlines()
    assert re.fullmatch(rf"{MODEL} at [0-9a-f]{{7}} is not judged. {why}.*", first)
    assert last.endswith(", 0 verified above, 1 not judged")
    assert server.log == []


def test_a_config_that_asks_for_no_card_promises_nothing_to_the_public(server, board, capsys):
    tuned_config(board, OPEN, publish={"model_card": False})
    decide(board, tuned_weights="public")
    accept(board)
    assert verify(board) == 0
    assert "The config asks for no model card" in capsys.readouterr().out
    assert server.log == []


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("finetune", [OPEN, PULL])
def test_public_weights_that_are_not_there_are_not_ok(board, capsys, finetune):
    tuned_config(board, finetune)
    decide(board, tuned_weights="public")
    accept(board)
    assert verify(board) == 1
    assert "not ok     public-repository" in capsys.readouterr().out


@pytest.mark.usefixtures("server")
def test_public_weights_are_judged_by_the_results_that_were_accepted(board, hub, capsys):
    report = report_from(report_of(model_files()))
    card = write_card(None, report, iso_639_1={"eng": "en"}, publish_radar=False)
    hub.create_model(MODEL, {**model_files(), **card.files})
    tuned_config(board, OPEN)
    decide(board, tuned_weights="public")
    accept_files(board, card.files, MODEL, report.revision)
    assert verify(board) == 0
    said = capsys.readouterr().out
    assert "ok         results-expected: 1 task as expected" in said
    assert said.splitlines()[-1].endswith(", each verified above")
    wrong = {"mteb_results/AGNewsKNN.json": None}
    hub.commit(MODEL, wrong, "org")
    assert verify(board) == 1


@pytest.mark.usefixtures("server")
def test_a_model_that_is_not_judged_does_not_hide_the_next(board, hub, capsys):
    verify_made.publish(hub)
    accept(board, model="org/tuned")
    config = tuned_config(board)
    config.file.rename(config.file.with_name("tuned.yaml"))
    accept(board)
    accept(board, model="org/gone")
    assert verify(board) == 1
    said = capsys.readouterr().out
    assert "org/tuned at " in said
    assert "org/gone on the Hub" in said
    assert "The result is public: all 11 rows ok." in said
    assert said.splitlines()[-1].endswith(", 2 verified above, 1 not judged")


@pytest.mark.usefixtures("server")
def test_a_config_that_trains_nothing_is_judged(board, hub, capsys):
    verify_made.publish(hub)
    path = board / "models" / f"{MODEL}.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"schema_version: 1\nmodel: {MODEL}\nrevision: {'1' * 40}\nlicense: mit\nlanguages: [eng]\n"
        "evaluate: {tasks: [STSBenchmark]}\n"
    )
    accept(board, sts=0.9)
    assert verify(board) == 1
    assert "not ok     results-expected" in capsys.readouterr().out


def test_settings_that_are_not_valid_stop_it_before_anyone_is_asked(server, board, capsys):
    decide(board, tuned_weights="perhaps")
    accept(board)
    assert verify(board) == 3
    assert "the settings are not valid" in capsys.readouterr().err
    assert server.log == []
