"""What the real runner leaves is what `mteb-bot collect` takes."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from collect_made import LIMITS, zipped
from conftest import ROOT

pytest.importorskip("mteb")

from bot.cli import main
from schemas.plan import Plan, PlannedTask, Shard

CONFIG = "models/dleemiller/word-llama-l2-supercat.yaml"
FILES = ("bbc-topics-knn.yaml", "bbc-similarity.yaml")
TASKS = ("BBCTopicsKNN", "BBCSimilarity")


@pytest.mark.slow
def test_a_real_evaluation_is_collected(evaluate, write_config, tmp_path: Path):
    config = tmp_path / "root" / CONFIG
    (config.parent / "tasks").mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / "examples" / "tasks" / name, config.parent / "tasks")
    write_config([f"tasks/{name}" for name in FILES]).rename(config)
    done, report = evaluate(config)
    assert done.returncode == 0, done.stderr
    left = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in sorted((tmp_path / "out").rglob("*.json*"))
        if path.relative_to(tmp_path / "out").parts[0] in {"report.json", "results"}
    }
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "results-1.zip").write_bytes(zipped(left))
    plan = Plan(
        None, None, CONFIG, sha256(config.read_bytes()).hexdigest(), report["model"]["name"],
        report["model"]["revision"], smoke=False, custom_code=False, request="",
        tasks=tuple(PlannedTask(name, 1, 1.0, 1) for name in TASKS),
        shards=(Shard(1, TASKS, 2.0),), seconds=2.0, limits=LIMITS,
    )  # fmt: skip
    (tmp_path / "plan.json").write_bytes(plan.to_json())
    words = ["--plan", "plan.json", "--artifacts", "artifacts", "--root", "root", "--output", "all"]
    paths = [word if word.startswith("--") else str(tmp_path / word) for word in words]
    assert main(["collect", *paths]) == 0
    collected = json.loads((tmp_path / "all" / "report.json").read_bytes())
    assert collected == report
    about = json.loads((tmp_path / "all" / "collected.json").read_bytes())
    assert about["state"] == "evaluated"
