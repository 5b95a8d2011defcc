"""What expressions of a workflow can name."""

from collections.abc import Mapping
from typing import Any

from tests.harness.events import Event
from tests.harness.expressions import interpolate
from tests.harness.runs import Run


def of_event(repository: str, event: Event, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """github and inputs: all that a run's name and its concurrency group may use."""
    pull = event.payload.get("pull_request") or {}
    github = {
        "event": event.payload,
        "event_name": event.name,
        "actor": event.actor,
        "triggering_actor": event.actor,
        "ref": event.source.ref,
        "ref_name": event.source.ref.removeprefix("refs/heads/").removeprefix("refs/"),
        "sha": event.source.sha,
        "head_ref": pull.get("head", {}).get("ref", ""),
        "base_ref": pull.get("base", {}).get("ref", ""),
        "repository": repository,
        "repository_owner": repository.partition("/")[0],
    }
    return {"github": github, "inputs": inputs, "vars": {}}


def of_job(repository: str, run: Run, matrix: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the run's id, what earlier jobs left, and the leg of the matrix."""
    known = of_event(repository, run.event, run.event.inputs)
    known["github"] |= {"run_id": run.id, "run_attempt": 1, "workflow": run.workflow.name}
    needs = {name: {"result": result_of(run, name), "outputs": outputs_of(run, name)} for name in run.workflow.jobs}  # fmt: skip
    return {**known, "needs": needs, "matrix": matrix, "strategy": {}}


def result_of(run: Run, job: str) -> str:
    """success, failure, cancelled or skipped, of all legs together; "" before the end."""
    legs = [leg for leg in run.jobs.values() if leg.id == job]
    found = {leg.conclusion or "" for leg in legs}
    for worst in ("failure", "cancelled", "", "success"):
        if worst in found:
            return worst
    return "skipped"


def outputs_of(run: Run, job: str) -> dict[str, str]:
    """A job's outputs, from those of its steps."""
    steps = {
        path.partition("/")[2]: {"outputs": values}
        for path, values in run.outputs.items()
        if path.partition("/")[0] == job
    }
    wanted = run.workflow.jobs[job].outputs
    return {name: interpolate(text, {"steps": steps}) for name, text in wanted.items()}
