"""mteb itself reads what the bot submits, and merges two results as the bot does."""

import json

import pytest
from submit_lab import DE, EN, NAME, local_lab
from submit_made import FOLDER, MODEL, REVISION, files, result, write_files

from bot.results_repository.merge import merged

mteb = pytest.importorskip("mteb")


def test_mtebs_own_loader_reads_the_submitted_tree(tmp_path, monkeypatch, capsys):
    with local_lab(tmp_path, monkeypatch, capsys) as lab:
        lab.github.push(NAME, "main", files(result("STS22", {EN: 0.5})))
        assert lab.submit(result("STS22", {DE: 0.6}), result("STS12", 0.7)).code == 0
        write_files(tmp_path / "cache", lab.branch())
    cache = mteb.ResultCache(tmp_path / "cache")
    found = cache.load_results(models=[MODEL], validate_and_filter=False)
    [model] = found.model_results
    assert (model.model_name, model.model_revision) == (MODEL, REVISION)
    scores = {
        (one.task_name, split, entry["hf_subset"]): entry["main_score"]
        for one in model.task_results
        for split, entries in one.scores.items()
        for entry in entries
    }
    assert scores == {
        ("STS22", *EN): 0.5,
        ("STS22", *DE): 0.6,
        ("STS12", "test", "default"): 0.7,
    }
    assert (tmp_path / "cache" / FOLDER / "run_settings.jsonl").exists()


def test_merging_gives_what_mteb_gives(tmp_path):
    phase = {"name": "encode", "start": 1.0, "end": 2.0, "split": "test", "subset": "en"}
    theirs = result("STS22", {EN: 0.5}, mteb_version="1.38.3", date=20.0, evaluation_phases=[phase])
    ours = result("STS22", {DE: 0.6, ("dev", "en"): 0.7}, date=30.0, evaluation_phases=None)
    ours["kg_co2_emissions"] = 0.5
    paths = [tmp_path / "theirs.json", tmp_path / "ours.json", tmp_path / "merged.json"]
    for path, data in zip(paths, (theirs, ours), strict=False):
        path.write_text(json.dumps(data))
    first, second = (mteb.TaskResult.from_disk(path) for path in paths[:2])
    first.merge(second).to_disk(paths[2])
    assert merged(theirs, ours) == json.loads(paths[2].read_text())
