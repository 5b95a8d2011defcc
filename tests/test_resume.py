"""Resuming in the middle of one task: subsets kept, random state restored, files whole."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("mteb")

from runners.output_folder import OutputFolder

# Evaluates a task whose subsets share one random generator; dies after N subsets if told to.
SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from datasets import Dataset, DatasetDict
from mteb.abstasks import AbsTaskClustering
from mteb.abstasks.task_metadata import TaskMetadata
from examples.bbc_news import read_articles
from runners.encoder import MeasuredEncoder
from runners.models import fetch_model, load_model
from runners.mteb_evaluation import Limits, evaluate_task
from runners.output_folder import OutputFolder
from runners.progress import Progress
from runners.result_store import ResultStore
from runners.task_selection import SelectedTask
from schemas.submission import load_model_config

config, model, folder, die_after = sys.argv[1:]
config, _, _ = load_model_config(Path(config))
loaded = load_model(config, fetch_model(config, Path(model), Path(folder) / "model"), "cpu")
output = OutputFolder(Path(folder))
output.state.mkdir(parents=True, exist_ok=True)
note = output.note
def dying(event, subset=("", "", "")):
    note(event, subset)
    if event == "finished" and output.counts().total() >= 2 * int(die_after) > 0:
        os.kill(os.getpid(), signal.SIGKILL)
output.note = dying
class TwoHalves(AbsTaskClustering):
    metadata = TaskMetadata(
        name="TwoHalves", description="BBC News in two halves", type="Clustering", category="t2c",
        dataset={"path": "local", "revision": "1"}, eval_splits=["test"], main_score="v_measure",
        eval_langs={"first": ["eng-Latn"], "second": ["eng-Latn"]})
    max_fraction_of_documents_to_embed = None
    max_document_to_embed = 150
    max_documents_per_cluster = 100

    def load_data(self, num_proc=None, **_):
        articles = read_articles()
        self.dataset = {
            name: DatasetDict(test=Dataset.from_dict({
                "sentences": [a.title for a in half], "labels": [a.section for a in half]}))
            for name, half in (("first", articles[:300]), ("second", articles[300:600]))}
        self.data_loaded = True


task = TwoHalves()
encoder = MeasuredEncoder(loaded.encoder, Progress(), 8)
result = evaluate_task(SelectedTask(task.metadata.name, custom=False, task=task), encoder,
                       ResultStore(output, Path(folder)), output, Progress(), Limits(8))
print(json.dumps([result["scores"], encoder.tally.texts]))
"""


@pytest.fixture
def run(tmp_path, wordllama, write_config):
    config = write_config(["bbc-similarity"])

    def run(folder: str, die_after: int = 0):
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, config, wordllama, tmp_path / folder, str(die_after)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_a_task_killed_between_subsets_ends_with_the_undisturbed_scores(run, tmp_path):
    undisturbed, texts = json.loads(run("whole").stdout)
    killed = run("killed", die_after=1)
    assert killed.returncode == -9
    resumed, texts_resumed = json.loads(run("killed").stdout)
    assert _without_versions(resumed) == _without_versions(undisturbed)
    assert texts_resumed == texts // 2
    counts = OutputFolder(tmp_path / "killed").counts()
    finished = [count for (event, _), count in counts.items() if event == "finished"]
    assert finished == [1, 1]


def _without_versions(scores: dict) -> dict:
    return {
        split: {entry["hf_subset"]: (entry["main_score"], entry["v_measures"]) for entry in entries}
        for split, entries in scores.items()
    }


def test_a_journal_cut_short_by_a_kill_still_counts(tmp_path):
    output = OutputFolder(tmp_path)
    output.state.mkdir()
    output.note("finished", ("Task", "test", "default"))
    with (output.state / "journal.jsonl").open("a") as journal:
        journal.write('\n["finished", "Other", "te')
    assert output.counts() == {("finished", ("Task", "test", "default")): 1}
    output.note("started", ("Next", "test", "default"))
    assert output.counts()["started", ("Next", "test", "default")] == 1
