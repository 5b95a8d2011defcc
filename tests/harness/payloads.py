"""The payloads that GitHub sends of what people do, in the shape of npm @octokit/webhooks-examples."""

from collections.abc import Mapping
from typing import Any

from tests.standins.github.routing import Call
from tests.standins.github.shapes.actions import workflow, workflow_run
from tests.standins.github.shapes.conversation import issue_comment, label, review
from tests.standins.github.shapes.people import simple_user
from tests.standins.github.shapes.pulls import full_pull, issue
from tests.standins.github.shapes.repositories import minimal_repository
from tests.standins.github.world import Comment, Pull, Review, WorkflowRun

Payload = dict[str, Any]


def of_pull(call: Call, action: str, pull: Pull, sender: str, **more: Any) -> Payload:
    """pull_request and pull_request_target; `more` is what only this action has."""
    shown = full_pull(call, pull)
    return {
        "action": action,
        "number": pull.number,
        "pull_request": shown,
        **more,
        **_common(call, sender),
    }


def of_label(call: Call, action: str, pull: Pull, name: str, sender: str) -> Payload:
    """labeled, unlabeled."""
    one = call.repository.label(name)
    assert one
    return of_pull(call, action, pull, sender, label=label(call, one))


def of_comment(
    call: Call, action: str, pull: Pull, comment: Comment, sender: str, before: str | None = None
) -> Payload:
    """issue_comment; `before` is the text that an edit replaced."""
    changes = {} if before is None else {"changes": {"body": {"from": before}}}
    return {
        "action": action,
        **changes,
        "issue": issue(call, pull),
        "comment": issue_comment(call, pull, comment),
        **_common(call, sender),
    }


def of_review(call: Call, pull: Pull, one: Review, sender: str) -> Payload:
    """pull_request_review, submitted. Webhooks write the state in small letters."""
    shown = review(call, pull, one)
    return {
        "action": "submitted",
        "review": {**shown, "state": one.state.lower()},
        "pull_request": full_pull(call, pull),
        **_common(call, sender),
    }


def of_push(call: Call, branch: str, before: str, after: str, sender: str) -> Payload:
    """A push to a branch of the repository."""
    page = f"{call.base}/{call.repository.full_name}"
    return {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
        "created": False,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"{page}/compare/{before[:12]}...{after[:12]}",
        "commits": [],
        "head_commit": {"id": after},
        "pusher": {"name": sender},
        **_common(call, sender),
    }


def of_dispatch(call: Call, path: str, ref: str, inputs: Mapping[str, Any], sender: str) -> Payload:
    """workflow_dispatch."""
    return {"inputs": dict(inputs), "ref": ref, "workflow": path, **_common(call, sender)}


def of_schedule(call: Call, cron: str, sender: str) -> Payload:
    """schedule."""
    return {"schedule": cron, **_common(call, sender)}


def of_run(call: Call, run: WorkflowRun) -> Payload:
    """workflow_run, completed."""
    return {
        "action": "completed",
        "workflow_run": workflow_run(call, run),
        "workflow": workflow(call, run.path),
        **_common(call, run.actor),
    }


def _common(call: Call, sender: str) -> Payload:
    return {
        "repository": minimal_repository(call, call.repository),
        "sender": simple_user(call.world, sender, call.base),
    }
