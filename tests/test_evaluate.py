"""mteb-runner evaluate, end to end, with a real model on real text."""

import csv
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, main_scores, read_json, run_runner, runner_command

from schemas.validate import violations

TASKS = [
    "BBCTopicsKNN",
    "BBCTopicsLogistic",
    "BBCSectionsClustering",
    "BBCSimilarity",
    "BBCHeadlineRetrieval",
]


@pytest.fixture
def evaluate(tmp_path, wordllama, data_arguments):
    """Run `mteb-runner evaluate` into `out/` and return the process and the report."""

    def run(config: Path, *more: object, output: str = "out"):
        done = run_runner(
            "evaluate", config, "--output", tmp_path / output, "--model-path", wordllama,
            *data_arguments, *more,
        )  # fmt: skip
        path = tmp_path / output / "report.json"
        return done, read_json(path) if path.exists() else None

    return run


def test_every_custom_task_type_gets_a_score_and_the_report_validates(evaluate, write_config):
    done, report = evaluate(write_config())
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert violations(report, "report") == []
    assert report["status"] == "completed"
    scores = main_scores(report)
    assert list(scores) == TASKS
    assert all(0.2 < score < 1 for score in scores.values()), scores
    # five sections, so mteb leaves average precision undefined: null here, never NaN
    assert report["tasks"][0]["result"]["scores"]["test"][0]["ap"] is None
    provenance = report["provenance"]
    assert provenance["weights"][0]["file"] == "model.safetensors"
    assert provenance["packages"]["mteb"]
    assert provenance["command"].startswith("mteb-runner evaluate ")


def test_the_same_command_again_computes_nothing_and_says_the_same(evaluate, write_config):
    config = write_config()
    _, first = evaluate(config)
    done, second = evaluate(config)
    assert done.returncode == 0
    assert main_scores(second) == main_scores(first)
    assert [task["texts_encoded"] for task in second["tasks"]] == [0] * 5
    assert [task["subsets"][0]["finished"] for task in second["tasks"]] == [1] * 5
    assert second["provenance"]["runs"] == 2


def kill_and_resume(config: Path, output: Path, arguments: list[str], moments: list[float]) -> dict:
    """Start the command, kill -9 at each moment (seconds), then let it finish."""
    command = runner_command("evaluate", config, "--output", output, *arguments)
    for moment in moments:
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
        time.sleep(moment)
        process.kill()
        process.communicate()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return read_json(output / "report.json")


def test_killed_runs_go_on_and_end_with_the_same_scores(
    tmp_path, minilm, data_arguments, write_config
):
    arguments = ["--model-path", str(minilm), *data_arguments]
    config = write_config()
    whole = kill_and_resume(config, tmp_path / "whole", arguments, [])
    killed = kill_and_resume(config, tmp_path / "killed", arguments, [9.0, 11.0])
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


def test_two_local_models_never_share_results(evaluate, write_config, minilm):
    config = write_config(["bbc-similarity"])
    _, first = evaluate(config)
    done, _ = evaluate(config, "--model-path", minilm)  # other weights, same name and revision
    assert done.returncode == 2
    assert "holds results measured with another" in done.stderr
    assert "weights" in done.stderr
    done, other = evaluate(config, "--model-path", minilm, output="other")
    assert done.returncode == 0
    assert main_scores(other) != main_scores(first)


def test_one_task_failing_does_not_stop_the_others(evaluate, write_config, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "test.csv").write_text("passage1,passage2,grade\na,b,high\n")
    config = write_config(["bbc-similarity", "bbc-clustering"])
    done, report = evaluate(config, "--data-path", f"bbc-news/similarity={broken}")
    assert done.returncode == 1
    assert report["status"] == "failed"
    failed, completed = report["tasks"]
    assert failed["error"]["kind"] == "submission"
    assert failed["error"]["message"] == "BBCSimilarity: row 1 has no number as score"
    assert completed["status"] == "completed"


def test_non_finite_embeddings_are_an_error_and_never_a_score(
    evaluate, write_config, wordllama, tmp_path
):
    from safetensors.torch import load_file, save_file

    poisoned = tmp_path / "poisoned"
    shutil.copytree(wordllama, poisoned)
    weights = load_file(poisoned / "model.safetensors")
    weights["embedding.weight"][:2000] = float("nan")
    save_file(weights, poisoned / "model.safetensors")
    done, report = evaluate(write_config(["bbc-similarity"]), "--model-path", poisoned)
    assert done.returncode == 1
    error = report["tasks"][0]["error"]
    assert error["kind"] == "submission"
    assert "embeddings of BBCSimilarity hold NaN or infinity" in error["message"]
    assert not list((tmp_path / "out" / "results").rglob("BBCSimilarity.json"))


def test_a_task_over_its_time_limit_is_a_timeout(evaluate, write_config):
    done, report = evaluate(write_config(["bbc-topics-knn"]), "--task-timeout", "0.01")
    assert done.returncode == 3
    assert report["tasks"][0]["error"]["kind"] == "timeout"


LIMITED = """
import resource, sys
from runners import cli, encoder

original = encoder.MeasuredEncoder.encode

def limited(self, *arguments, **options):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    _, hard = before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000, hard))
    try:
        return original(self, *arguments, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)

encoder.MeasuredEncoder.encode = limited
sys.exit(cli.main(sys.argv[1:]))
"""


def test_running_out_of_memory_halves_the_batch_and_goes_on(tmp_path, minilm, write_config, bbc):
    """The limit is real: the process may map 400 MB more, a batch of 200 long texts needs 600."""
    data = tmp_path / "long"
    data.mkdir()
    with (bbc / "topics" / "test.csv").open() as rows, (data / "test.csv").open("w") as out:
        table = csv.writer(out)
        table.writerow(("title", "summary", "section"))
        for number, row in enumerate(csv.DictReader(rows)):
            for copy in range(2):
                table.writerow((f"{number} {copy}", row["summary"] * 12, row["section"]))
    command = runner_command(
        "evaluate", write_config(["bbc-clustering"]), "--output", tmp_path / "out",
        "--model-path", minilm, "--batch-size", "512", "--data-path", f"bbc-news/topics={data}",
    )  # fmt: skip
    done = subprocess.run(
        [command[0], "-c", LIMITED, *command[3:]],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = read_json(tmp_path / "out" / "report.json")
    assert "out of memory: going on with batches of 256" in done.stderr
    (task,) = report["tasks"]
    assert task["status"] == "completed", task["error"]
    assert 1 <= task["batch_size"] < 256
    assert task["truncated_share"] > 0.5


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "the model has no safetensors weights"),
        ({"pytorch_model.bin": b"pickle"}, "the model has no safetensors weights"),
        ({"model.safetensors": b"not weights"}, "loading the model failed"),
    ],
)
def test_a_model_that_cannot_load_still_gets_a_report(
    evaluate, write_config, tmp_path, files, message
):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done, report = evaluate(write_config(["bbc-similarity"]), "--model-path", folder)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert report["status"] == "failed"
    assert report["error"]["kind"] == "submission"
    assert message in report["error"]["message"]
    assert [task["status"] for task in report["tasks"]] == ["not_run"]


def test_smoke_results_are_marked_and_kept_apart(evaluate, write_config):
    config = write_config(["bbc-topics-knn", "bbc-similarity"])
    done, smoke = evaluate(config, "--smoke")
    assert done.returncode == 0
    assert smoke["smoke"] is True
    done, whole = evaluate(config)
    assert done.returncode == 0
    assert whole["smoke"] is False
    texts = [[task["texts_encoded"] for task in report["tasks"]] for report in (smoke, whole)]
    assert all(0 < few < all_ for few, all_ in zip(*texts, strict=True)), texts


def test_tasks_can_be_chosen_and_unknown_ones_are_named(evaluate, write_config):
    config = write_config()
    _, report = evaluate(config, "--tasks", "BBCSimilarity")
    assert [task["name"] for task in report["tasks"]] == ["BBCSimilarity"]
    done, report = evaluate(config, "--tasks", "BBCSimilarty", output="other")
    assert done.returncode == 1
    assert "BBCSimilarty" in report["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data-path", "nowhere"], "expected ID=DIR"),
        (["--data-path", "a=/does/not/exist"], "no such folder"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(evaluate, write_config, arguments, message):
    done, report = evaluate(write_config(), *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert report is None


def test_a_broken_config_is_refused_before_anything_heavy_is_loaded(evaluate, tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("schema_version: 1\nmodel: x\n")
    done, report = evaluate(path)
    assert done.returncode == 1
    assert "broken.yaml:2:8 malformed-model-id" in done.stderr
    assert report is None


def test_a_second_run_into_a_busy_folder_is_refused(evaluate, write_config, tmp_path):
    import fcntl

    state = tmp_path / "out" / "state"
    state.mkdir(parents=True)
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, report = evaluate(write_config())
    assert done.returncode == 3
    assert "another run is writing to" in done.stderr
    assert report is None


def test_a_maintainers_encoder_is_loaded_from_an_installed_package(
    evaluate, write_config, tmp_path, monkeypatch
):
    site = tmp_path / "site"
    info = site / "house_encoders-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-encoders\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[mteb_submission_bot.encoders]\nhouse = house_encoders:load\n"
    )
    (site / "house_encoders.py").write_text(
        "def load(folder, *, device, loading):\n"
        "    from mteb.models.sentence_transformer_wrapper import SentenceTransformerEncoderWrapper\n"
        "    return SentenceTransformerEncoderWrapper(str(folder), device=device)\n"
    )
    config = write_config(["bbc-similarity"], load={"with": "entry-point", "entry_point": "house"})
    done, report = evaluate(config, output="without")
    assert done.returncode == 1
    assert "no installed package declares the encoder `house`" in report["error"]["message"]
    monkeypatch.syspath_prepend(site)
    done, report = evaluate(config)
    assert done.returncode == 0, done.stderr
    assert report["provenance"]["loader"] == "entry-point house"
    assert report["model"]["revision"] == "0" * 40


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
