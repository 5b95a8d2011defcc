"""`mteb-runner table`: raw against ways of training, measured and asked again."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from conftest import read_json, run_runner
from finetune_made import save_small_bert
from table_made import CLOSING, changed, write_experiment

from runners.cli import main
from runners.finetuning.job import TRAINED
from schemas.errors import ExitCode


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    return write_experiment(tmp_path)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bert(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def table(experiment: Path, base: Path, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """(exit code, standard output, what was said)."""

    def run(*more: str) -> tuple[int, str, str]:
        stdout = io.StringIO()
        with redirect_stdout(stdout):
            ended = run_runner(
                "table", experiment, "--output", tmp_path / "out", "--model-path", base, *more
            )
        return ended.returncode, stdout.getvalue(), ended.stderr

    return run


@pytest.mark.slow
def test_raw_and_every_mode_stand_in_one_table_and_asked_again_nothing_is_trained(
    table: Callable[..., Any], tmp_path: Path
):
    code, printed, said = table()
    assert code == 0, said
    out = tmp_path / "out"
    line = json.loads(printed.splitlines()[-1])
    assert list(line) == CLOSING
    assert line["ours"] > line["raw"]
    assert "[2/5] same-dataset: 60 rows, about 300 texts of training" in said
    assert "[3/5] ours: 60 rows, about 180 texts of training; about " in said
    result = read_json(out / "table.json")
    assert result["closing"] == line
    modes = {mode["name"]: mode for mode in result["modes"]}
    # FlagEmbedding halved the batch of 3: a step a row; 60 rows and 4 passages each, once
    assert (modes["same-dataset"]["steps"], modes["same-dataset"]["texts_encoded"]) == (60, 300)
    assert (modes["ours"]["rows"], modes["ours-all-rows"]["rows"]) == (60, 70)
    assert all(len(mode["experiments"]) == 4 for mode in modes.values())
    assert modes["same-dataset"]["seconds_ratio"] == 1
    assert modes["ours"]["score"] == pytest.approx(sum(modes["ours"]["experiments"]) / 4)
    [point] = read_json(out / "budgets.json")["points"]
    assert (point["name"], point["budget"]) == ("ours", 1)
    assert point["seconds"] >= 1
    assert point["steps"] > 0
    assert (out / "budgets.svg").read_bytes().startswith(b"<?xml")
    assert (out / "table.md").read_text().count("\n| ") == 6
    assert "same-dataset" in printed
    trained = {file: file.stat().st_mtime_ns for file in out.rglob(TRAINED)}
    assert len(trained) == 4
    again, printed, _ = table()
    assert (again, json.loads(printed.splitlines()[-1])) == (0, line)
    assert trained == {file: file.stat().st_mtime_ns for file in out.rglob(TRAINED)}


@pytest.mark.slow
def test_a_mode_that_fails_leaves_the_others_their_rows_and_another_recipe_is_refused(
    table: Callable[..., Any], experiment: Path, tmp_path: Path
):
    changed(
        experiment,
        ("    recipe: {batch_size: 3, ", "    recipe: {pooling: cls, batch_size: 3, "),
        ("  - name: ours-all-rows\n", "  - name: every\n"),
        ("epochs: 1, learning_rate: 1.0e-4", "epochs: 1, learning_rate: 1.0e-5"),
    )
    code, printed, said = table("--no-budgets")
    assert code == ExitCode.SUBMISSION, said
    line = json.loads(printed.splitlines()[-1])
    assert (line["best_published"], line["standard_error"]) == (None, None)
    assert line["ours_all_rows"] > line["raw"]
    assert not (tmp_path / "out" / "budgets.json").exists()
    assert "failed: the base model pools by mean" in (tmp_path / "out" / "table.md").read_text()
    changed(experiment, ("epochs: 1, learning_rate: 1.0e-5", "epochs: 1, learning_rate: 2.0e-5"))
    code, _, said = table("--no-budgets")
    assert code == ExitCode.USAGE
    assert "modes/same-dataset holds results measured with another recipe" in said


@pytest.mark.slow
def test_some_modes_with_another_seed_are_a_table_of_their_own(
    table: Callable[..., Any], tmp_path: Path
):
    code, printed, said = table("--modes", "ours", "--seed", "7")
    assert code == 0, said
    result = read_json(tmp_path / "out" / "table.json")
    assert ([mode["name"] for mode in result["modes"]], result["seed"]) == (["ours"], 7)
    assert result["command"].endswith("--modes ours --seed 7")
    assert json.loads(printed.splitlines()[-1])["ours_all_rows"] is None
    assert len(read_json(tmp_path / "out" / "budgets.json")["points"]) == 1
    code, _, said = table("--modes", "ours")
    assert code == ExitCode.USAGE
    assert "modes/ours holds results measured with another" in said


def test_a_mode_that_the_file_does_not_have_is_refused(
    table: Callable[..., Any], experiment: Path, tmp_path: Path
):
    code, _, said = table("--modes", "ours", "our")
    assert code == ExitCode.USAGE
    assert (
        f"no mode of {experiment} is called `our`\n  fix: name some of same-dataset, ours," in said
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("seed", ["-1", "4294967296", "x"])
def test_what_is_no_seed_is_refused(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: str
):
    with pytest.raises(SystemExit) as ended:
        main(["table", str(experiment), "--output", str(tmp_path / "out"), "--seed", seed])
    assert ended.value.code == ExitCode.USAGE
    assert "--seed: must be a whole number from 0 to 4294967295" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_compared_is_refused_before_anything_is_loaded(
    table: Callable[..., Any], experiment: Path, tmp_path: Path
):
    task = tmp_path / "topics.yaml"
    changed(task, ("experiments: 4", "experiments: 1"))
    code, _, said = table()
    assert code == ExitCode.SUBMISSION
    assert f"{task}:9:14 task-does-not-fit: a table compares draws, and this task has none" in said
    changed(experiment, ("task: topics.yaml", "task: topic.yaml"))
    code, _, said = table()
    assert code == ExitCode.USAGE
    assert "topic.yaml: No such file" in said
    changed(experiment, ("methods: [ours]", "methods: [our]"))
    code, _, said = table()
    assert code == ExitCode.SUBMISSION
    assert "unknown-mode: no mode is called `our`\n  fix: did you mean `ours`?" in said
    assert not (tmp_path / "out").exists()
