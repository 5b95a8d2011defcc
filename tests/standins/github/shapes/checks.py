"""Check runs and commit statuses."""

from typing import Any

from tests.standins.github.routing import Call
from tests.standins.github.shapes.identifiers import node_id
from tests.standins.github.shapes.people import app_of, simple_user
from tests.standins.github.shapes.pulls import minimal_pull
from tests.standins.github.world import CheckRun, Status


def check_run(call: Call, one: CheckRun) -> dict[str, Any]:
    """A check run; its annotations are listed apart."""
    name = call.repository.full_name
    url = f"{call.base}/repos/{name}/check-runs/{one.id}"
    html = f"{call.base}/{name}/runs/{one.id}"
    about = [
        minimal_pull(call, pull)
        for pull in call.repository.pulls.values()
        # A fork's pull requests are not listed.
        if pull.head_sha == one.head_sha and pull.head_repository == name
    ]
    return {
        "id": one.id,
        "name": one.name,
        "node_id": node_id("CR", one.id),
        "head_sha": one.head_sha,
        "external_id": one.external_id,
        "url": url,
        "html_url": html,
        "details_url": one.details_url or html,
        "status": one.status,
        "conclusion": one.conclusion,
        "started_at": one.started_at,
        "completed_at": one.completed_at,
        "output": {
            "title": one.output.get("title"),
            "summary": one.output.get("summary"),
            "text": one.output.get("text"),
            "annotations_count": len(one.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": suite_id(call, one)},
        "app": app_of(call.world, one.app, call.base),
        "pull_requests": about,
    }


def suite_id(call: Call, one: CheckRun) -> int:
    """All runs of one app on one commit are a suite; the first of them numbers it."""
    same = (x.id for x in call.repository.checks if (x.app, x.head_sha) == (one.app, one.head_sha))
    return 1_000_000 + min(same)


def annotation(call: Call, one: CheckRun, each: dict[str, Any]) -> dict[str, Any]:
    """A remark on lines of a file."""
    page = f"{call.base}/{call.repository.full_name}/blob/{one.head_sha}/{each['path']}"
    optional = ("start_column", "end_column", "title", "raw_details")
    return {**dict.fromkeys(optional), **each, "blob_href": page}


def status(call: Call, one: Status) -> dict[str, Any]:
    """A commit status with who set it."""
    return {
        **simple_status(call, one),
        "creator": simple_user(call.world, one.creator, call.base),
    }


def simple_status(call: Call, one: Status) -> dict[str, Any]:
    """As the combined status lists it."""
    user = simple_user(call.world, one.creator, call.base)
    return {
        "url": f"{call.base}/repos/{call.repository.full_name}/statuses/{one.sha}",
        "avatar_url": user["avatar_url"],
        "id": one.id,
        "node_id": node_id("SC", one.id),
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": one.created_at,
        "updated_at": one.created_at,
    }
