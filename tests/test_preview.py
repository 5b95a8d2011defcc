"""mteb-bot preview, end to end: the runner as a subprocess, then everything a person would see."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import read_json, run_runner

from bot.cli import main
from schemas.validate import violations


@pytest.fixture(scope="module")
def demo(tmp_path_factory, wordllama, bbc):
    """A preview of wordllama against itself with other weights, and the arguments that made it."""
    folder = tmp_path_factory.mktemp("preview")
    config = folder / "model.yaml"
    tasks = Path(__file__).parent.parent / "examples" / "tasks"
    for name in ("bbc-topics-knn", "bbc-similarity", "bbc-retrieval"):
        (folder / f"{name}.yaml").write_text((tasks / f"{name}.yaml").read_text())
    config.write_text(
        "schema_version: 1\n"
        "model: dleemiller/word-llama-l2-supercat\n"
        f'revision: "{"0" * 40}"\n'
        "license: mit\n"
        "languages: [eng]\n"
        "evaluate:\n"
        "  tasks: [bbc-topics-knn.yaml, bbc-similarity.yaml, bbc-retrieval.yaml]\n"
        "claims:\n"
        "  - {task: BBCTopicsKNN, main_score: 0.99}\n"
    )
    data = [
        argument
        for table in ("topics", "similarity", "retrieval")
        for argument in ("--data-path", f"bbc-news/{table}={bbc / table}")
    ]
    baseline = run_runner(
        "evaluate", config, "--output", folder / "baseline", "--model-path", wordllama, *data
    )
    assert baseline.returncode == 0, baseline.stderr
    arguments = [
        "preview", str(config), "--output", str(folder / "out"), "--against", str(folder / "baseline"),
        "--model-path", str(wordllama), *data,
    ]  # fmt: skip
    assert main(arguments) == 0
    return folder / "out", arguments


def test_a_preview_leaves_comment_card_and_page(demo):
    out, _ = demo
    assert violations(read_json(out / "evaluation" / "report.json"), "report") == []
    comment = (out / "comment.md").read_text()
    assert comment.startswith("**All 3 tasks have scores")
    assert "claim" in comment.splitlines()[0]
    card = (out / "card" / "README.md").read_text()
    front = yaml.safe_load(card.split("---")[1])
    assert front["license"] == "mit"
    assert front["language"] == "en"
    assert front["tags"].count("mteb") == 1
    assert len(front["model-index"][0]["results"]) == 3
    assert (out / "card" / "mteb_results" / "radar.png").read_bytes().startswith(b"\x89PNG")
    assert "card/mteb_results/BBCTopicsKNN.json" in {
        str(path.relative_to(out)) for path in out.rglob("*.json")
    }


def test_the_page_needs_nothing_but_itself_and_shows_verdict_table_and_chart(demo):
    out, _ = demo
    page = (out / "index.html").read_text()
    assert "claims differ" in page
    assert "<table>" in page
    assert "data:image/png;base64," in page
    loaded = re.findall(r'<(?:img|script|link|iframe)[^>]+(?:src|href)="(?!data:)[^"]*"', page)
    assert loaded == []
    assert str(out.parent) not in page, "the page must not tell where it was made"


def test_a_second_preview_computes_nothing_and_keeps_the_scores(demo, capfd):
    out, arguments = demo
    before = (out / "card" / "mteb_results" / "BBCSimilarity.json").read_bytes()
    stale = out / "card" / "mteb_results" / "mine.json"
    stale.write_text("{}")
    assert main(arguments) == 0
    assert (out / "card" / "mteb_results" / "BBCSimilarity.json").read_bytes() == before
    assert stale.exists(), "a file the preview did not write is not its to delete"
    report = read_json(out / "evaluation" / "report.json")
    assert [task["texts_encoded"] for task in report["tasks"]] == [0, 0, 0]
    assert "look at" in capfd.readouterr().out


def test_a_broken_config_is_listed_and_nothing_is_evaluated(tmp_path, capsys):
    config = tmp_path / "model.yaml"
    config.write_text("schema_version: 1\nmodel: org/name\nrevison: main\n")
    assert main(["preview", str(config), "--output", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert f"{config}:3:1 unknown-key" in said.out
    assert "did you mean `revision`?" in said.out
    assert not (tmp_path / "out").exists()


def test_a_model_that_does_not_load_is_explained_on_the_page(demo, tmp_path, capfd):
    _, arguments = demo
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments = [*arguments, "--model-path", str(empty), "--output", str(tmp_path / "out")]
    assert main(arguments) == 1
    comment = (tmp_path / "out" / "comment.md").read_text()
    assert "the model has no safetensors weights" in comment
    assert not (tmp_path / "out" / "card").exists()
    assert "Traceback" not in capfd.readouterr().err


def test_a_missing_baseline_is_a_usage_error_before_hours_are_spent(demo, tmp_path, capfd):
    _, arguments = demo
    arguments = [
        *arguments,
        "--against",
        str(tmp_path / "nowhere"),
        "--output",
        str(tmp_path / "out"),
    ]
    assert main(arguments) == 2
    assert "No such file or directory" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
