"""Workflows and their runs. Nothing is executed here: a test or a harness acts as the runner."""

import json
import re
from typing import Any

import yaml

from tests.standins.git_repository import NoSuchRevision
from tests.standins.github.refusals import Refused, not_found
from tests.standins.github.revisions import commit_of
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.actions import artifact, workflow, workflow_id, workflow_run
from tests.standins.github.world import Artifact, WorkflowRun

_ACTIONS = f"{REPOSITORY}/actions"
_WORKFLOW = f"{_ACTIONS}/workflows/{{workflow_id}}"
_RUN = f"{_ACTIONS}/runs/{{run_id}}"
_ARTIFACT = f"{_ACTIONS}/artifacts/{{artifact_id}}"
_FOLDER = ".github/workflows"


@endpoint(f"GET {_ACTIONS}/workflows", "actions:read")
def workflows(call: Call):
    """The workflow files of the default branch."""
    return Listed(_paths(call), lambda path: workflow(call, path), "workflows")


@endpoint(f"GET {_WORKFLOW}", "actions:read")
def get_workflow(call: Call, workflow_id: str):
    """One, by number or by file name."""
    return workflow(call, _path(call, workflow_id))


@endpoint(f"POST {_WORKFLOW}/dispatches", "actions:write")
def dispatch(call: Call, workflow_id: str):
    """Ask for a run; 204 does not say which one it becomes."""
    path, asked = _path(call, workflow_id), call.body
    try:
        sha = commit_of(call.repository.git, asked["ref"])
        text = call.repository.git.read(sha, path)
    except (Refused, NoSuchRevision) as error:
        raise Refused(422, f"No ref found for: {asked['ref']}") from error
    _check_inputs(text, asked.get("inputs") or {})
    run = WorkflowRun(
        id=call.world.next_id(),
        number=len(call.repository.runs) + 1,
        path=path,
        event="workflow_dispatch",
        head_branch=asked["ref"].removeprefix("refs/heads/"),
        head_sha=sha,
        actor=call.login,
        created_at=call.now,
        updated_at=call.now,
        inputs=asked.get("inputs", {}),
        title=_title(text, asked.get("inputs") or {}),
    )
    call.repository.runs.append(run)
    if not asked.get("return_run_details"):
        return Reply(status=204)
    shown = workflow_run(call, run)
    return {"workflow_run_id": run.id, "run_url": shown["url"], "html_url": shown["html_url"]}


def _title(text: bytes, inputs: dict[str, Any]) -> str:
    """What `run-name` says, as far as it is made of inputs alone; otherwise nothing yet."""
    name = re.sub(
        r"\${{ *inputs\.(\w+) *}}",
        lambda found: str(inputs.get(found[1], "")),
        str(yaml.safe_load(text).get("run-name", "")),
    )
    return "" if "${{" in name else name


@endpoint(f"GET {_ACTIONS}/runs", "actions:read")
def runs(call: Call):
    """All runs, the newest first."""
    return _listed(call, call.repository.runs)


@endpoint(f"GET {_WORKFLOW}/runs", "actions:read")
def runs_of(call: Call, workflow_id: str):
    """The runs of one workflow."""
    path = _path(call, workflow_id)
    return _listed(call, [run for run in call.repository.runs if run.path == path])


@endpoint(f"GET {_RUN}", "actions:read")
def get_run(call: Call, run_id: int):
    """One run."""
    return workflow_run(call, _run(call, run_id))


@endpoint(f"POST {_RUN}/cancel", "actions:write")
def cancel(call: Call, run_id: int):
    """Stop it, unless it has ended."""
    run = _run(call, run_id)
    if run.status == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    run.cancel_requested = True
    if not run.managed:
        run.status, run.conclusion, run.updated_at = "completed", "cancelled", call.now
    return Reply({}, 202)


@endpoint(f"GET {_ACTIONS}/artifacts", "actions:read")
def artifacts(call: Call):
    """All that runs left, the newest first."""
    return _artifacts(call, call.repository.artifacts)


@endpoint(f"GET {_RUN}/artifacts", "actions:read")
def artifacts_of(call: Call, run_id: int):
    """What one run left."""
    run = _run(call, run_id)
    return _artifacts(call, [x for x in call.repository.artifacts if x.run_id == run.id])


@endpoint(f"GET {_ARTIFACT}", "actions:read")
def get_artifact(call: Call, artifact_id: int):
    """One of them."""
    return artifact(call, _artifact(call, artifact_id))


@endpoint(f"DELETE {_ARTIFACT}", "actions:write")
def delete_artifact(call: Call, artifact_id: int):
    """Delete one."""
    call.repository.artifacts.remove(_artifact(call, artifact_id))
    return Reply(status=204)


@endpoint(f"GET {_ARTIFACT}/{{archive_format}}", "actions:read")
def download(call: Call, artifact_id: int, archive_format: str):
    """Where the zip lies for a minute, for anybody who has the address."""
    one = _artifact(call, artifact_id)
    if archive_format != "zip":
        raise not_found()
    if one.content is None:
        raise Refused(410, "Artifact has expired")
    place = f"{call.base}/storage/{call.repository.full_name}/{one.id}.zip"
    return Reply(status=302, headers={"Location": place})


@endpoint("GET /storage/{owner}/{repo}/{name}")
def stored(call: Call, name: str):
    """The zip itself; the address is the permission."""
    number = name.removesuffix(".zip")
    content = _artifact(call, int(number)).content if number.isdigit() else None
    if content is None:
        raise not_found()
    return Reply(content, headers={"Content-Type": "application/zip"})


def _check_inputs(text: bytes, given: dict[str, Any]) -> None:
    """Every required input is there and no other; a workflow says `on` where YAML reads a truth value."""
    events = yaml.safe_load(text).get(True) or {}
    if "workflow_dispatch" not in events:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    filters = events["workflow_dispatch"] if isinstance(events, dict) else None
    inputs = (filters or {}).get("inputs") or {}
    if unexpected := sorted(set(given) - set(inputs)):
        raise Refused(422, f"Unexpected inputs provided: {json.dumps(unexpected)}")
    for name, about in inputs.items():
        if about.get("required") and not given.get(name) and not about.get("default"):
            raise Refused(422, f"Required input '{name}' not provided")


def _artifacts(call: Call, found: list[Artifact]) -> Listed:
    name = call.query.get("name")
    wanted = [one for one in reversed(found) if name in {None, one.name}]
    return Listed(wanted, lambda one: artifact(call, one), "artifacts")


def _listed(call: Call, found: list[WorkflowRun]) -> Listed:
    query = call.query
    if unknown := set(query) & {"created", "check_suite_id"}:
        raise NotImplementedError(f"runs by {unknown}")
    wanted = [
        run
        for run in reversed(found)
        if query.get("branch") in {None, run.head_branch}
        and query.get("event") in {None, run.event}
        and query.get("actor") in {None, run.actor}
        and query.get("head_sha") in {None, run.head_sha}
        and query.get("status") in {None, run.status, run.conclusion}
    ]
    return Listed(wanted, lambda run: workflow_run(call, run), "workflow_runs")


def _paths(call: Call) -> list[str]:
    git = call.repository.git
    try:
        entries = git.tree(f"refs/heads/{call.repository.default_branch}:{_FOLDER}")
    except NoSuchRevision:
        return []
    return [f"{_FOLDER}/{x.path}" for x in entries if x.path.endswith((".yml", ".yaml"))]


def _path(call: Call, wanted: str) -> str:
    for path in _paths(call):
        if wanted in {str(workflow_id(path)), path.rpartition("/")[2]}:
            return path
    raise not_found()


def _run(call: Call, run_id: int) -> WorkflowRun:
    for run in call.repository.runs:
        if run.id == run_id:
            return run
    raise not_found()


def _artifact(call: Call, artifact_id: int) -> Artifact:
    for one in call.repository.artifacts:
        if one.id == artifact_id:
            return one
    raise not_found()
