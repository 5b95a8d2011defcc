"""The first comment on a submission: how long it may take and what that costs, on a local GitHub and a local Hub."""

import json

import pytest
from conversation_made import CONFIG, REVISION, config, open_board

from tests.open_model import safetensors
from tests.standins.hub.app import serve_hub


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A pull request that adds one valid config."""
    with open_board(tmp_path, monkeypatch) as board:
        yield board


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A served Hub, which the bot knows; it has the model of the config."""
    with serve_hub(tmp_path / "hub") as (server, hub):
        files = {"README.md": b"# name\n", "model.safetensors": safetensors(layer=[1000, 1000])}
        hub.create_model("org/name", files, revision=REVISION)
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield server


def settings(board, **keys):
    path = board.folder / "mteb-bot.yml"
    path.write_text(json.dumps({"schema_version": 1, **keys}))
    return "--settings", path


@pytest.mark.usefixtures("hub")
def test_the_hub_tells_the_size_and_the_settings_the_price(board):
    board.write(CONFIG, config(evaluate={"benchmarks": ["MTEB(eng, v2)"]}))
    prices = {"gpu_teraflops": 1, "price_per_hour": 3, "currency": "CHF"}
    assert board.say("validated", "--hub", *settings(board, quote=prices)) == 0
    assert (
        "**Valid: 41 tasks to evaluate.** That takes about 5 to 45 minutes on 3 machines and costs about 1.19 to 5.94 CHF. "
        "Next: a maintainer comments `/evaluate`"
    ) in board.comment["body"]


@pytest.mark.usefixtures("hub")
def test_of_a_model_that_is_trained_first_the_base_s_size_counts(board):
    data = {"id": "acme/rows", "revision": REVISION, "columns": {"text": "text", "label": "label"}}
    finetune = {"base_model": "org/name", "data": [data]}
    board.write("models/org/tuned.yaml", config("org/tuned", finetune=finetune))
    assert board.say("validated", "--hub", about="models/org/tuned.yaml") == 0
    said = board.comment["body"]
    assert "That takes about 1 to 10 minutes, training included. " in said
    assert "assumed" not in said


@pytest.mark.usefixtures("hub")
def test_without_being_asked_the_hub_is_not_asked(board, hub):
    assert board.say("validated") == 0
    assert hub.log == []
    assert "300 million parameters are assumed" in board.comment["body"]


def test_a_hub_that_does_not_answer_leaves_nobody_without_a_word(board, monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert board.say("validated", "--hub") == 0
    assert "300 million parameters are assumed" in board.comment["body"]
    assert "the model's size is not known: the Hub was asked" in capsys.readouterr().err


def test_what_is_not_valid_is_not_estimated(board, hub):
    board.write(CONFIG, config(licence="mit"))
    assert board.say("validated", "--hub") == 0
    assert board.labels == ["mteb: invalid"]
    assert hub.log == []
    assert "That takes" not in board.comment["body"]


def test_broken_settings_stop_the_command_before_it_speaks(board, capsys):
    assert board.say("validated", *settings(board, limits={"shards": 0})) == 3
    assert board.requests == []
    assert "`limits.shards` is 0, but must be at least 1" in capsys.readouterr().err
