"""A planned shard in the sandbox from end to end: a real model, a model's own code, limits, a cancelled job."""

import json
import signal
import socket
import subprocess
import time

import pytest

from schemas.validate import violations
from tests.planned_made import REVISION, ROOT, Planned, own_code, populate, surroundings
from tests.sandbox_made import needs_sandbox, processes_with
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

pytest.importorskip("torch")
pytestmark = pytest.mark.slow
LIMITS = {"seconds": 300, "memory_gb": 8, "disk_gb": 5, "processes": 2048}
SECRETS = {"GITHUB_TOKEN": "planted", "HF_TOKEN": "planted", "ACTIONS_RUNTIME_TOKEN": "planted"}


@pytest.fixture(scope="module")
def brought(tmp_path_factory, wordllama):
    """Prefetched folders of the plain model, of one with its own code, of one whose code hangs at the second task."""
    needs_sandbox()
    folder = tmp_path_factory.mktemp("brought")
    hub = LocalHub(folder / "hub")
    populate(hub, wordllama)
    with socket.create_server(("127.0.0.1", 0)) as listener, Server(hub) as server:
        port = listener.getsockname()[1]
        hub.create_model("acme/own", own_code(port), revision=REVISION)
        hub.create_model("acme/hangs", own_code(port, hangs=True), revision=REVISION)
        for model in ("tiny", "own", "hangs"):
            custom = {"custom_code": model != "tiny"}
            planned = Planned(folder / model, custom, model=f"acme/{model}").write()
            done = planned.run("prefetch", "pre", HF_ENDPOINT=server.url)
            assert done.returncode == 0, done.stderr
        yield folder
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def evaluated(brought, tmp_path, model, **plan):
    """Evaluate in the sandbox; (process, report)."""
    planned = Planned(tmp_path, plan, model=f"acme/{model}").write()
    prefetched = brought / model / "pre"
    done = planned.run("evaluate", "out", "--sandbox", "--prefetched", prefetched, **SECRETS)
    report = planned.report()
    assert violations(report, "report") == []
    assert "Traceback" not in done.stderr
    return done, report


def scores(report):
    return {t["name"]: t["result"]["scores"]["test"][0]["main_score"] for t in report["tasks"]}


def test_in_the_sandbox_and_out_of_it_the_scores_are_the_same(brought, tmp_path):
    done, report = evaluated(brought, tmp_path / "in", "tiny")
    assert done.returncode == 0, done.stderr
    assert report["status"] == "completed"
    assert report["provenance"]["sandbox"].startswith("bubblewrap ")
    assert report["provenance"]["head_sha"] == "a" * 40
    assert report["provenance"]["model_source"] == "hub"
    assert all(line.startswith(("│ ", "report: ")) for line in done.stderr.splitlines())
    planned = Planned(tmp_path / "out").write()
    plain = planned.run("evaluate", "out", "--prefetched", brought / "tiny" / "pre")
    assert plain.returncode == 0, plain.stderr
    assert planned.report()["provenance"]["sandbox"] == "none"
    assert scores(planned.report()) == scores(report)


def test_a_model_s_own_code_runs_where_it_was_approved_and_reaches_nothing(brought, tmp_path):
    done, report = evaluated(brought, tmp_path, "own", custom_code=True)
    assert done.returncode == 0, done.stderr
    assert report["status"] == "completed"
    assert "│ own code: no network: Connection refused" in done.stderr
    assert "│ own code: secrets: []" in done.stderr
    assert "│ ::error::own code speaks to the job" in done.stderr
    assert "planted" not in json.dumps(report) + done.stderr


def test_a_model_s_own_code_is_not_even_seen_without_an_approval(brought, tmp_path):
    done, report = evaluated(brought, tmp_path, "own")
    assert done.returncode == 1, done.stderr
    assert report["error"]["kind"] == "submission"
    assert "own code" not in done.stderr


def test_own_code_never_runs_outside_whoever_says_so(brought, tmp_path):
    planned = Planned(tmp_path, {"custom_code": True}, model="acme/own").write()
    prefetched = brought / "own" / "pre"
    done = planned.run("evaluate", "out", "--prefetched", prefetched)
    assert done.returncode == 3
    assert "the model's own code runs only in the sandbox" in done.stderr
    owner = {"PATH": "/nowhere", "MTEB_RUNNER_WITHOUT_SANDBOX": "yes"}
    done = planned.run("evaluate", "out", "--sandbox", "--prefetched", prefetched, **owner)
    assert done.returncode == 3
    assert "custom code runs in a sandbox or not at all" in done.stderr
    assert "own code: " not in done.stderr


def test_finished_tasks_keep_their_results_when_the_time_is_over(brought, tmp_path):
    limits = {**LIMITS, "seconds": 60}
    done, report = evaluated(brought, tmp_path, "hangs", custom_code=True, limits=limits)
    assert done.returncode == 3, done.stderr
    assert report["status"] == "failed"
    assert report["error"] is None
    assert [task["status"] for task in report["tasks"]] == ["completed", "failed"]
    assert report["tasks"][1]["error"]["kind"] == "timeout"
    assert report["tasks"][1]["error"]["message"] == "stopped at the time limit of 60 s"
    assert report["provenance"]["sandbox"].startswith("bubblewrap ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_job_ends_within_seconds_with_its_report(brought, tmp_path, number):
    planned = Planned(tmp_path, {"custom_code": True}, model="acme/hangs").write()
    command = planned.command(
        "evaluate", "out", "--sandbox", "--prefetched", brought / "hangs" / "pre"
    )
    process = subprocess.Popen(
        command, cwd=ROOT, env=surroundings({}), stderr=subprocess.PIPE, text=True
    )
    assert any("[2/2] AcmeNews" in line for line in process.stderr)
    began = time.monotonic()
    process.send_signal(number)
    process.communicate()
    assert time.monotonic() - began < 5
    assert process.returncode == 130
    report = planned.report()
    assert violations(report, "report") == []
    assert report["status"] == "interrupted"
    assert [task["status"] for task in report["tasks"]] == ["completed", "not_run"]
    assert processes_with(str(tmp_path)) == []
    done = planned.run("evaluate", "out", "--prefetched", tmp_path)
    assert done.returncode == 3


def test_memory_that_is_not_there_is_told_as_such_even_before_the_first_task(brought, tmp_path):
    limits = {**LIMITS, "memory_gb": 0.3}
    done, report = evaluated(brought, tmp_path, "tiny", limits=limits)
    assert done.returncode == 3, done.stderr
    assert report["error"]["kind"] == "out_of_memory"
    assert [task["status"] for task in report["tasks"]] == ["not_run", "not_run"]
    assert [task["name"] for task in report["tasks"]] == ["STSBenchmark", "AcmeNews"]
