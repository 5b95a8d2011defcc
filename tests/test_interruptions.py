"""Ctrl-C, kill -9 and a busy folder: the same command goes on, and ends with the same scores."""

import fcntl
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, main_scores, read_json, runner_command

from schemas.validate import violations


def kill_and_resume(
    config: Path, output: Path, arguments: list[str], moments: list[float | str]
) -> dict:
    """Start the command, kill -9 at each moment (seconds, or when it says these words), then let it finish."""
    command = runner_command("evaluate", config, "--output", output, *arguments)
    for moment in moments:
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        if isinstance(moment, str):
            assert any(moment in line for line in process.stderr)
        else:
            time.sleep(moment)
        process.kill()
        process.communicate()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return read_json(output / "report.json")


@pytest.mark.slow  # by default a task killed between its subsets stands for it, in test_resume.py
def test_killed_runs_go_on_and_end_with_the_same_scores(
    tmp_path, minilm, data_arguments, write_config
):
    arguments = ["--model-path", str(minilm), *data_arguments]
    config = write_config()
    whole = kill_and_resume(config, tmp_path / "whole", arguments, [])
    said = ["BBCTopicsKNN  accuracy", "BBCSectionsClustering  v_measure"]
    killed = kill_and_resume(config, tmp_path / "killed", arguments, said)
    assert main_scores(killed) == main_scores(whole)
    assert [task["subsets"][0]["finished"] for task in killed["tasks"]] == [1] * 5
    assert killed["provenance"]["runs"] == 3


def test_ctrl_c_leaves_a_report_and_the_next_run_finishes(
    tmp_path, minilm, data_arguments, write_config
):
    command = runner_command(
        "evaluate", write_config(), "--output", tmp_path / "out", "--model-path", minilm, *data_arguments
    )  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "BBCTopicsKNN  accuracy" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    report = read_json(tmp_path / "out" / "report.json")
    assert report["status"] == "interrupted"
    statuses = [task["status"] for task in report["tasks"]]
    assert statuses[0] == "completed"
    assert statuses[-1] == "not_run"
    assert violations(report, "report") == []
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_ten_random_kills_change_no_score_and_repeat_no_subset(
    tmp_path, minilm, data_arguments, write_config
):
    import random

    arguments = ["--model-path", str(minilm), *data_arguments]
    config = write_config()
    whole = kill_and_resume(config, tmp_path / "whole", arguments, [])
    began = time.monotonic()
    kill_and_resume(config, tmp_path / "timed", arguments, [])
    length = time.monotonic() - began
    moments = [random.uniform(0.2, length) for _ in range(10)]  # noqa: S311 - any moments will do
    killed = kill_and_resume(config, tmp_path / "killed", arguments, moments)
    sys.stderr.write(f"killed after {', '.join(f'{moment:.1f}' for moment in moments)} s\n")
    assert main_scores(killed) == main_scores(whole)
    assert [task["subsets"][0]["finished"] for task in killed["tasks"]] == [1] * 5


def test_a_second_run_into_a_busy_folder_is_refused(evaluate, write_config, tmp_path):
    state = tmp_path / "out" / "state"
    state.mkdir(parents=True)
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, report = evaluate(write_config())
    assert done.returncode == 3
    assert "another run is writing to" in done.stderr
    assert report is None
