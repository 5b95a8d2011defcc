"""`mteb-bot verify` of a tuned model: what anyone can load is what was measured."""

import json

import pytest
from tuned_weights_made import model_files, report_of, tensors
from verify_made import MODEL, bad_rows

from bot.card.card import write_card
from bot.report import report_from
from tests.standins.hub.app import LocalHub
from tests.verify_world import server, verify

__all__ = ["server", "verify"]

WRONG = model_files(0.75)["model.safetensors"]


@pytest.fixture
def hub(tmp_path):
    """A tuned model as it was published."""
    hub = LocalHub(tmp_path / "hub")
    report = report_from(report_of(model_files()))
    card = write_card(None, report, iso_639_1={"eng": "en"}, publish_radar=False)
    hub.create_model(MODEL, {**model_files(), **card.files})
    return hub


@pytest.fixture
def results(tmp_path):
    """The runner's output folder."""
    folder = tmp_path / "results"
    (folder / "results").mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(report_of(model_files())))
    return folder


def row(said):
    return next(row for row in said["rows"] if row["id"] == "tuned-weights")


def test_published_weights_are_held_against_the_report(verify, results):
    _, said = verify("--results", results)
    assert (row(said)["state"], row(said)["message"]) == (
        "ok",
        "1 file with the SHA-256 that was measured",
    )


def test_without_the_report_nobody_knows_what_was_measured(verify):
    _, said = verify()
    assert "tuned-weights" not in {row["id"] for row in said["rows"]} | {*said["not_judged"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model.safetensors": WRONG}, "model.safetensors is "),
        ({"model.safetensors": None}, "missing: model.safetensors"),
    ],
)
def test_other_weights_are_not_ok(verify, results, hub, change, message):
    hub.commit(MODEL, change, "org")
    code, said = verify("--results", results)
    assert code == 1
    (bad,) = [each for each in bad_rows(said) if each[0] == "tuned-weights"]
    assert bad[1] == "not ok"
    assert message in bad[2]


def test_weights_whose_digest_the_hub_does_not_tell_are_not_ok(verify, results, hub):
    hub.commit(MODEL, {".gitattributes": b""}, "org")
    hub.commit(MODEL, {"model.safetensors": tensors(0.5, 0.25)}, "org")
    _, said = verify("--results", results)
    assert row(said)["message"] == "model.safetensors is not in large-file storage"
