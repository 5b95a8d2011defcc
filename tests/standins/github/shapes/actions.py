"""Workflows, their runs, and what these leave."""

from typing import Any

from tests.standins.github.routing import Call
from tests.standins.github.shapes.commits import facts
from tests.standins.github.shapes.identifiers import node_id
from tests.standins.github.shapes.people import simple_user
from tests.standins.github.shapes.pulls import minimal_pull
from tests.standins.github.shapes.repositories import minimal_repository
from tests.standins.github.world import Artifact, WorkflowRun


def workflow(call: Call, path: str) -> dict[str, Any]:
    """A workflow file of the default branch."""
    one, file = call.repository, path.rpartition("/")[2]
    number = workflow_id(path)
    return {
        "id": number,
        "node_id": node_id("W", number),
        "name": file,
        "path": path,
        "state": "active",
        "created_at": one.created_at,
        "updated_at": one.created_at,
        "url": f"{call.base}/repos/{one.full_name}/actions/workflows/{number}",
        "html_url": f"{call.base}/{one.full_name}/blob/{one.default_branch}/{path}",
        "badge_url": f"{call.base}/{one.full_name}/workflows/{file}/badge.svg",
    }


def workflow_id(path: str) -> int:
    """A number that stays with a path."""
    return int.from_bytes(path.encode()[-6:], "big")


def workflow_run(call: Call, run: WorkflowRun) -> dict[str, Any]:
    """A run; its pull requests are those of its head within the repository, none of a fork's."""
    one = call.repository
    url, html = (f"{call.base}{x}/{one.full_name}/actions/runs/{run.id}" for x in ("/repos", ""))
    number, found = workflow_id(run.path), facts(one.git, run.head_sha)
    user = simple_user(call.world, run.actor, call.base)
    head = call.world.repository(run.head_repository or one.full_name)
    people = {"author": found.author, "committer": found.committer}
    return {
        "id": run.id,
        "name": run.name or run.path.rpartition("/")[2],
        "node_id": node_id("WFR", run.id),
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": run.path,
        "display_title": run.title or found.message.partition("\n")[0],
        "run_number": run.number,
        "run_attempt": 1,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "workflow_id": number,
        "check_suite_id": 2_000_000 + run.id,
        "check_suite_node_id": node_id("CS", 2_000_000 + run.id),
        "url": url,
        "html_url": html,
        "pull_requests": [
            minimal_pull(call, pull)
            for pull in one.pulls.values()
            if pull.head_sha == run.head_sha and pull.head_repository == one.full_name
        ],
        "created_at": run.created_at,
        "updated_at": run.updated_at,
        "run_started_at": run.created_at,
        "actor": user,
        "triggering_actor": user,
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{call.base}/repos/{one.full_name}/check-suites/{2_000_000 + run.id}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{call.base}/repos/{one.full_name}/actions/workflows/{number}",
        "head_commit": {
            "id": run.head_sha,
            "tree_id": found.tree,
            "message": found.message,
            "timestamp": found.committer["date"],
            **{
                role: {"name": person["name"], "email": person["email"]}
                for role, person in people.items()
            },
        },
        "repository": minimal_repository(call, one),
        "head_repository": minimal_repository(call, head),
    }


def artifact(call: Call, each: Artifact) -> dict[str, Any]:
    """What can be downloaded of a run."""
    one = call.repository
    url = f"{call.base}/repos/{one.full_name}/actions/artifacts/{each.id}"
    run = next(x for x in one.runs if x.id == each.run_id)
    head = call.world.repository(run.head_repository or one.full_name)
    return {
        "id": each.id,
        "node_id": node_id("MDg", each.id),
        "name": each.name,
        "size_in_bytes": len(each.content or b""),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": each.content is None,
        "created_at": each.created_at,
        "updated_at": each.created_at,
        "expires_at": each.created_at,
        "workflow_run": {
            "id": run.id,
            "repository_id": one.id,
            "head_repository_id": head.id,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
        },
    }
