"""Pull requests: in lists, alone, and as the issue that each also is."""

from typing import Any

from tests.standins.github.diffs import between, merged_tree
from tests.standins.github.routing import Call
from tests.standins.github.shapes.conversation import association, labels_of
from tests.standins.github.shapes.identifiers import node_id
from tests.standins.github.shapes.people import app_of, simple_user
from tests.standins.github.shapes.repositories import minimal_repository
from tests.standins.github.world import Pull


def simple_pull(call: Call, pull: Pull) -> dict[str, Any]:
    """As lists show it."""
    name = call.repository.full_name
    url = f"{call.base}/repos/{name}/pulls/{pull.number}"
    issue = f"{call.base}/repos/{name}/issues/{pull.number}"
    html = f"{call.base}/{name}/pull/{pull.number}"
    links = {
        "self": url,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{call.base}/repos/{name}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{call.base}/repos/{name}/statuses/{pull.head_sha}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": simple_user(call.world, pull.author, call.base),
        "body": pull.body,
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": labels_of(call, pull),
        "milestone": None,
        "draft": pull.draft,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "head": _head(call, pull),
        "base": _side(call, call.repository.owner, pull.base_ref, pull.base_sha, name),
        "_links": {key: {"href": value} for key, value in links.items()},
        "author_association": association(call.repository, pull.author),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def full_pull(call: Call, pull: Pull) -> dict[str, Any]:
    """The pull request's own page: with what only a comparison of its two sides tells."""
    difference = between(call.repository.git, pull.base_tip, pull.head_sha)
    mergeable = None
    if pull.state == "open":
        mergeable = merged_tree(call.repository.git, pull.base_tip, pull.head_sha) is not None
    return {
        **simple_pull(call, pull),
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": {None: "unknown", True: "clean", False: "dirty"}[mergeable],
        "merged_by": simple_user(call.world, pull.merged_by, call.base) if pull.merged_by else None,
        "comments": len(pull.comments),
        "review_comments": 0,
        "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": len(difference.commits),
        "additions": sum(change.additions for change in difference.files),
        "deletions": sum(change.deletions for change in difference.files),
        "changed_files": len(difference.files),
    }


def issue(call: Call, pull: Pull) -> dict[str, Any]:
    """The pull request as an issue."""
    name = call.repository.full_name
    url = f"{call.base}/repos/{name}/issues/{pull.number}"
    html = f"{call.base}/{name}/pull/{pull.number}"
    return {
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "url": url,
        "repository_url": f"{call.base}/repos/{name}",
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": html,
        "number": pull.number,
        "title": pull.title,
        "user": simple_user(call.world, pull.author, call.base),
        "labels": labels_of(call, pull),
        "state": pull.state,
        "state_reason": None,
        "locked": False,
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(pull.comments),
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "author_association": association(call.repository, pull.author),
        "draft": pull.draft,
        "pull_request": {
            "url": f"{call.base}/repos/{name}/pulls/{pull.number}",
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": pull.merged_at,
        },
        "body": pull.body,
        "performed_via_github_app": app_of(call.world, pull.author, call.base),
    }


def minimal_pull(call: Call, pull: Pull) -> dict[str, Any]:
    """As check runs and workflow runs name it."""
    sides = {}
    for side, name, ref, sha in (
        ("head", pull.head_repository, pull.head_ref, pull.head_sha),
        ("base", call.repository.full_name, pull.base_ref, pull.base_sha),
    ):
        one = call.world.repository(name or call.repository.full_name)
        about = {"id": one.id, "url": f"{call.base}/repos/{one.full_name}", "name": one.name}
        sides[side] = {"ref": ref, "sha": sha, "repo": about}
    url = f"{call.base}/repos/{call.repository.full_name}/pulls/{pull.number}"
    return {"id": pull.id, "number": pull.number, "url": url, **sides}


def _head(call: Call, pull: Pull) -> dict[str, Any]:
    return _side(call, pull.head_owner, pull.head_ref, pull.head_sha, pull.head_repository)


def _side(call: Call, owner: str, ref: str, sha: str, name: str | None) -> dict[str, Any]:
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": simple_user(call.world, owner, call.base),
        "repo": minimal_repository(call, call.world.repository(name)) if name else None,
    }
