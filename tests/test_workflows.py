"""What holds of every workflow file: the rules that a reader of .github/ may rely on."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness.expressions import condition_holds

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SET_UP = "./.github/actions/set-up"
CHECKOUT = "actions/checkout"
_PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")
_OWN = re.compile(r"python -m (bot|runners) ([a-z-]+)( .*)?")
# What needs a person's trust, and the environment that has it.
SECRETS = {"HF_TOKEN": "hub", "HF_READ_TOKEN": "evaluation", "BOARD_TOKEN": "board"}


@cache
def workflow(file: Path) -> dict[Any, Any]:
    """The file as YAML; `on` is the key True."""
    return yaml.safe_load(file.read_text())


def jobs() -> Iterator[Any]:
    for file in FILES:
        for name, job in workflow(file)["jobs"].items():
            yield pytest.param(job, id=f"{file.stem}-{name}")


each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_job = pytest.mark.parametrize("job", list(jobs()))


@each_file
def test_a_workflow_may_nothing_and_its_jobs_say_what_they_need(file: Path):
    assert workflow(file)["permissions"] == {}
    assert all("permissions" in job for job in workflow(file)["jobs"].values())


@each_file
def test_every_permission_has_its_reason_beside_it(file: Path):
    for line in file.read_text().splitlines():
        if re.fullmatch(r" +[a-z-]+: (read|write)( .*)?", line):
            assert re.search(r" # \S+", line), line


@each_job
def test_a_job_begins_with_the_default_branchs_code_and_leaves_no_token_behind(
    job: Any,
):
    first = job["steps"][0]
    assert first["uses"].startswith(f"{CHECKOUT}@")
    assert first["with"]["persist-credentials"] is False
    assert "ref" not in first["with"]
    assert "repository" not in first["with"]
    assert [step for step in job["steps"][1:] if CHECKOUT in step.get("uses", "")] == []


@each_job
def test_actions_are_githubs_own_and_pinned_by_commit(job: Any):
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [one for one in used if one != SET_UP and not _PINNED.fullmatch(one)] == []


@each_job
def test_nothing_is_written_into_a_shell(job: Any):
    for step in job["steps"]:
        assert "${{" not in step.get("run", "")


@each_job
def test_a_step_is_one_command(job: Any):
    for step in job["steps"]:
        run = step.get("run", "")
        assert len(run.splitlines()) <= 1
        assert not set(run) & set(";|&<>`()*?#\\"), run
        assert "$" not in re.sub(r'"\$[A-Z_]+"', "", run), run


@each_job
def test_a_job_ends_in_bounded_time(job: Any):
    assert job["timeout-minutes"]


@each_job
def test_no_job_restores_or_saves_a_cache(job: Any):
    assert "cache" not in str(job).replace("persist-credentials", "")


@each_job
def test_a_secret_is_of_the_environment_that_the_job_names_and_of_one_step(job: Any):
    for step in job["steps"]:
        for name in re.findall(r"secrets\.([A-Z_]+)", str(step.get("env", {}))):
            assert job["environment"] == SECRETS[name]
    elsewhere = {key: value for key, value in job.items() if key != "steps"}
    assert "secrets." not in str(elsewhere)
    assert sum("secrets." in str(step) for step in job["steps"]) <= 1


def test_the_hub_token_is_seen_by_publishing_alone():
    assert [file.name for file in FILES if "secrets.HF_TOKEN" in file.read_text()] == [
        "publish.yml"
    ]


@each_job
def test_a_machine_of_ours_may_read_the_code_and_nothing_else(job: Any):
    if "self-hosted" in str(job["runs-on"]):
        assert job["permissions"] == {"contents": "read"}


@each_job
def test_a_job_with_a_token_that_writes_runs_on_a_fresh_hosted_machine(job: Any):
    if "write" in job["permissions"].values():
        assert job["runs-on"] == "ubuntu-latest"


@each_file
def test_no_workflow_that_may_write_takes_its_code_from_a_pull_request(file: Path):
    triggers = workflow(file)[True]
    writes = any("write" in job["permissions"].values() for job in workflow(file)["jobs"].values())
    assert not ("pull_request" in triggers and (writes or "secrets." in file.read_text()))


@pytest.mark.parametrize(
    ("event", "of", "holds"),
    [
        ("workflow_dispatch", None, True),
        ("workflow_run", "workflow_dispatch", True),
        ("workflow_run", "pull_request", False),
        ("workflow_run", "push", False),
    ],
)
def test_no_machine_looks_at_the_run_of_a_workflow_of_that_name_that_a_stranger_brings(
    event: str, of: str | None, holds: bool
):
    collect = workflow(ROOT / ".github" / "workflows" / "report.yml")["jobs"]["collect"]
    github = {"event_name": event, "event": {"workflow_run": {"event": of}} if of else {}}
    found = condition_holds(
        collect.get("if", "success()"), {"github": github}, {"success": lambda: True}
    )
    assert found is holds


@cache
def options_of(program: str, command: str) -> frozenset[str]:
    done = subprocess.run(
        [sys.executable, "-m", program, command, "--help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return frozenset(re.findall(r"--[a-z-]+", done.stdout.decode()))


@each_job
def test_the_bot_and_the_runner_know_every_option_that_a_step_uses(job: Any):
    for step in job["steps"]:
        if match := _OWN.fullmatch(step.get("run", "")):
            words = shlex.split(match[3] or "")
            used = {word.partition("=")[0] for word in words if word.startswith("--")}
            assert used <= options_of(match[1], match[2])
