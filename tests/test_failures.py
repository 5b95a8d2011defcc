"""What goes wrong stands in the report: whose fault it is, what happened, what to do next."""

import csv
import shutil
import subprocess

import pytest
from conftest import ROOT, read_json, runner_command


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
    resource.setrlimit(resource.RLIMIT_AS, (used + 550_000_000, hard))
    try:
        return original(self, *arguments, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)

encoder.MeasuredEncoder.encode = limited
sys.exit(cli.main(sys.argv[1:]))
"""


def test_running_out_of_memory_halves_the_batch_and_goes_on(tmp_path, minilm, write_config, bbc):
    """The limit is real: the process may map 550 MB more, a batch of 200 long texts needs 700."""
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
