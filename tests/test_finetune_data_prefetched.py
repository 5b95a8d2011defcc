"""Training data of the Hub come with the model, at their revision, and are read where there is no network."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from runners.evaluation import EvaluationRequest
from runners.failures import Failure
from runners.finetuning.tuning import Tuning, TuningRequest
from runners.prefetched import Prefetched, open_prefetched, replayed
from schemas.submission import load_model_config
from tests import finetune_made
from tests.finetune_data_made import labelled, labelled_rows, quiet, read
from tests.planned_made import REVISION, Planned, jsonl, populate
from tests.sandbox_made import needs_sandbox
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

THEN, LATER = "3" * 40, "4" * 40
TUNED = (
    finetune_made.TUNED_HEAD
    + """\
  data: [{path: topics/train.csv, columns: {text: text, label: topic}}]
"""
)


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


def test_why_evaluation_data_were_not_brought_is_why_nothing_is_trained(tmp_path):
    finetune_made.write_topics_task(
        tmp_path, finetune_made.labelled_rows(20), finetune_made.labelled_rows(20, seed=1)
    )
    path = tmp_path / "name.yaml"
    path.write_text(TUNED)
    config, _, problems = load_model_config(path)
    assert config, problems
    why = Failure("infrastructure", "the Hub answered 503", "run the same command again")
    request = EvaluationRequest(
        config,
        tmp_path / "out",
        device="cpu",
        root=tmp_path,
        prefetched=Prefetched(tmp_path / "pre", {"Topics": why}),
    )
    code = Tuning(TuningRequest(request, config.finetune), quiet()).run()
    error = json.loads((tmp_path / "out" / "report.json").read_text())["error"]
    assert code == 3
    assert error["message"] == (
        "Topics cannot be held against the training data, so nothing is trained: the Hub answered 503"
    )


@pytest.mark.slow
def test_without_its_training_data_nothing_is_measured_and_the_reason_is_kept(served, tmp_path):
    asked = planned(tmp_path, id="acme/stories", revision=THEN, split="nowhere")
    done = asked.run("prefetch", "pre", HF_ENDPOINT=served.url)
    assert done.returncode == 1, done.stderr
    reason = open_prefetched(tmp_path / "pre").failures[""]
    assert reason.kind == "submission"
    assert "loading the training data acme/stories failed: ValueError: " in reason.message
    assert "nowhere" in reason.message
