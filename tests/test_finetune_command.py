"""`mteb-runner finetune`: trains, measures raw and tuned alike, and reports what the bot believes."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import run_runner
from finetune_made import (
    TUNED_HEAD,
    labelled_rows,
    save_small_bert,
    write_topics,
    write_topics_task,
)

from bot.finetuned.agreement import disagreement
from bot.report import read_report
from bot.report_identity import check_identity
from schemas.submission import load_model_config

CONFIG = (
    TUNED_HEAD
    + """\
  data:
    - {path: train.csv, columns: {text: text, label: topic}}
  held_out: 18
  recipe: {epochs: 3, batch_size: 16, learning_rate: 0.001, query_max_length: 16}
  variants:
    one: {positives: one}
    groups: {loss: flag-embedding, group_size: 4, batch_size: 4, temperature: 0.02}
"""
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bert(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A board's checkout with Ann's config, her task and her rows."""
    folder = tmp_path / "models" / "ann"
    rows = labelled_rows(150)
    write_topics(folder / "train.csv", rows[:90])
    write_topics_task(folder, rows[:90], rows[90:])
    path = folder / "tuned.yaml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def finetune(config: Path, base: Path, tmp_path: Path) -> Callable[..., tuple[int, str, Any]]:
    """(exit code, what was said, report or None)."""

    def run(*more: str) -> tuple[int, str, Any]:
        output = tmp_path / "out"
        ended = run_runner("finetune", config, "--output", output, "--model-path", base, *more)
        report = output / "report.json"
        return (
            ended.returncode,
            ended.stderr,
            json.loads(report.read_text()) if report.exists() else None,
        )

    return run


def test_raw_and_every_variant_are_measured_and_the_bot_believes_the_report(
    finetune: Callable[..., Any], config: Path, tmp_path: Path
):
    code, said, report = finetune()
    assert code == 0, said
    tuned = report["finetuning"]
    raw = tuned["raw"][0]["main_score"]
    runs = {run["variant"]: run for run in tuned["runs"]}
    assert runs["one"]["tasks"][0]["main_score"] > raw
    assert len(runs["groups"]["tasks"][0]["experiments"]) == 4
    (one, groups) = (runs["one"]["texts_encoded"], runs["groups"]["texts_encoded"])
    assert (one, groups) == (3 * 72, 3 * 18 * 4 * 5)
    assert tuned["chosen"]["by"] == "held_out"
    assert report["model"]["revision"] == runs[tuned["chosen"]["variant"]]["weights_sha256"][:40]
    loaded, _, _ = load_model_config(config)
    believed = read_report(tmp_path / "out" / "report.json")
    assert loaded is not None
    check_identity(believed, loaded)
    assert disagreement(believed, loaded) == ""


def test_asked_again_it_trains_nothing_again(finetune: Callable[..., Any]):
    _, _, first = finetune()
    code, said, second = finetune()
    assert code == 0
    assert "step" not in said
    assert second["finetuning"]["runs"] == first["finetuning"]["runs"]


def test_another_recipe_does_not_pass_for_the_one_before(
    finetune: Callable[..., Any], config: Path
):
    finetune("--smoke")
    config.write_text(config.read_text().replace("epochs: 3", "epochs: 4"))
    code, said, _ = finetune("--smoke")
    assert code == 2
    assert "holds results measured with another finetune" in said


def test_rows_that_are_evaluated_are_refused_with_their_count(
    finetune: Callable[..., Any], config: Path
):
    rows = labelled_rows(150)
    write_topics(
        config.parent / "train.csv",
        [*rows[:90], *((text.upper(), at) for text, at in rows[90:110])],
    )
    code, said, report = finetune()
    assert code == 1
    assert "20 of 110 training rows stand in the evaluation split of Topics: “" in said
    assert "--allow-contamination" in report["error"]["advice"]
    assert report["status"] == "failed"
    found = report["finetuning"]["contamination"]
    assert (found["rows"], found["allowed"], found["checked"]) == (20, False, ["Topics"])
    assert all(run["weights_sha256"] is None for run in report["finetuning"]["runs"])


def test_or_they_are_left_out_where_the_config_says_so(finetune: Callable[..., Any], config: Path):
    rows = labelled_rows(150)
    write_topics(config.parent / "train.csv", rows[:110])
    config.write_text(config.read_text() + "  evaluated_rows: leave-out\n")
    code, said, report = finetune("--smoke")
    assert code == 0, said
    assert "20 of 110 training rows are evaluated: left out" in said
    found = report["finetuning"]["contamination"]
    assert (found["rows"], found["left_out"]) == (0, 20)
    assert report["finetuning"]["data"][0]["trained"] == 72


def test_trained_on_them_all_the_same_it_says_so(finetune: Callable[..., Any], config: Path):
    rows = labelled_rows(150)
    write_topics(config.parent / "train.csv", rows[:110])
    code, said, report = finetune("--allow-contamination", "--smoke")
    assert code == 0, said
    found = report["finetuning"]["contamination"]
    assert (found["rows"], found["allowed"], found["checked"]) == (20, True, ["Topics"])
    assert len(found["examples"]) == 5
    assert "--allow-contamination" in report["provenance"]["command"]


def test_a_variant_that_fails_leaves_the_others_their_scores(
    finetune: Callable[..., Any], config: Path
):
    config.write_text(config.read_text().replace("batch_size: 4", "batch_size: 80"))
    code, said, report = finetune()
    assert code == 1
    assert "has 72 rows, less than a batch of 80" in said
    runs = {run["variant"]: run for run in report["finetuning"]["runs"]}
    assert runs["groups"]["error"]["kind"] == "submission"
    assert report["finetuning"]["chosen"] == {"variant": "one", "seed": 42, "by": "only"}
    assert report["tasks"][0]["status"] == "completed"
    assert report["status"] == "failed"


@pytest.mark.parametrize("more", [(), ("--smoke",)], ids=["all", "smoke"])
def test_the_chosen_model_lies_beside_the_report_where_it_is_to_be_published(
    finetune: Callable[..., Any], config: Path, tmp_path: Path, more: tuple[str, ...]
):
    config.write_text(config.read_text() + "  publish: {to: new-repository}\n")
    code, said, report = finetune(*more)
    assert code == 0, said
    model = tmp_path / "out" / "model"
    (weights,) = report["provenance"]["weights"]
    assert (model / "modules.json").is_file()
    assert sha256((model / "model.safetensors").read_bytes()).hexdigest() == weights["sha256"]


def test_a_config_without_finetune_is_for_evaluate(finetune: Callable[..., Any], config: Path):
    config.write_text(config.read_text().partition("finetune:")[0])
    code, said, _ = finetune()
    assert code == 2
    assert "the config has no `finetune`" in said
