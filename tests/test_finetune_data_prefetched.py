"""Training data of the Hub come with the model, at their revision, and are read where there is no network."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from runners.prefetched import open_prefetched, replayed
from tests.finetune_data_made import labelled, labelled_rows, read
from tests.planned_made import REVISION, Planned, jsonl, populate
from tests.sandbox_made import needs_sandbox
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

THEN, LATER = "3" * 40, "4" * 40


@pytest.fixture(scope="module")
def served(tmp_path_factory, wordllama):
    """A Hub whose training data have changed since the revision that the config names."""
    needs_sandbox()
    hub = LocalHub(tmp_path_factory.mktemp("hub"))
    populate(hub, wordllama)
    rows = labelled_rows(9)
    hub.create_dataset("acme/stories", {"train.jsonl": jsonl(rows)}, revision=THEN)
    hub.add_revision("acme/stories", {"train.jsonl": jsonl(rows[:4])}, LATER)
    with Server(hub) as server:
        yield server


def planned(folder: Path, **source: object) -> Planned:
    """The usual shard, whose model is trained on `source` first."""
    made = Planned(folder).write()
    config = json.loads(made.config.read_text())
    data = {"columns": {"text": "text", "label": "label"}, **source}
    config["finetune"] = {"base_model": "acme/tiny", "data": [data]}
    made.config.write_text(json.dumps(config))
    made.write_plan()
    return made


@pytest.mark.slow
def test_training_data_come_along_at_their_revision_and_are_read_offline(served, tmp_path):
    asked = planned(tmp_path, id="acme/stories", revision=THEN)
    done = asked.run("prefetch", "pre", HF_ENDPOINT=served.url)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[1:] == [
        f"│ training data acme/stories at {THEN[:10]}",
        "│ [1/2] STSBenchmark: data",
        "│ [2/2] AcmeNews: data",
    ]
    assert f"at {REVISION[:10]}" in done.stderr
    with replayed(open_prefetched(tmp_path / "pre")):
        [data] = read(tmp_path, labelled(None, id="acme/stories", revision=THEN))
    assert {text for (text,) in data.texts()} == {row["text"] for row in labelled_rows(9)}


@pytest.mark.slow
def test_without_its_training_data_nothing_is_measured_and_the_reason_is_kept(served, tmp_path):
    asked = planned(tmp_path, id="acme/stories", revision=THEN, split="nowhere")
    done = asked.run("prefetch", "pre", HF_ENDPOINT=served.url)
    assert done.returncode == 1, done.stderr
    reason = open_prefetched(tmp_path / "pre").failures[""]
    assert reason.kind == "submission"
    assert "loading the training data acme/stories failed: ValueError: " in reason.message
    assert "nowhere" in reason.message
