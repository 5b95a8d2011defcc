"""Labels, comments and reviews."""

from typing import Any
from urllib.parse import quote

from tests.standins.github.routing import Call
from tests.standins.github.shapes.identifiers import node_id
from tests.standins.github.shapes.people import app_of, simple_user
from tests.standins.github.world import Comment, Label, Pull, Repository, Review

_REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def label(call: Call, one: Label) -> dict[str, Any]:
    """A label of the call's repository."""
    return {
        "id": one.id,
        "node_id": node_id("LA", one.id),
        "url": f"{call.base}/repos/{call.repository.full_name}/labels/{quote(one.name, safe='')}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description,
    }


def labels_of(call: Call, pull: Pull) -> list[dict[str, Any]]:
    """The labels of a pull request, in the order in which they were added."""
    known = (call.repository.label(name) for name in pull.labels)
    return [label(call, one) for one in known if one]


def issue_comment(call: Call, pull: Pull, one: Comment) -> dict[str, Any]:
    """A comment; the newest form of the API shows in `minimized` whether it is hidden."""
    name = call.repository.full_name
    url = f"{call.base}/repos/{name}/issues/comments/{one.id}"
    return {
        "id": one.id,
        "node_id": node_id("IC", one.id),
        "url": url,
        "html_url": f"{call.base}/{name}/pull/{pull.number}#issuecomment-{one.id}",
        "issue_url": f"{call.base}/repos/{name}/issues/{pull.number}",
        "user": simple_user(call.world, one.author, call.base),
        "body": one.body,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "author_association": association(call.repository, one.author),
        "performed_via_github_app": app_of(call.world, one.author, call.base),
        "reactions": {
            "url": f"{url}/reactions",
            "total_count": 0,
            **dict.fromkeys(_REACTIONS, 0),
        },
        "minimized": None if one.minimized is None else {"reason": one.minimized},
    }


def review(call: Call, pull: Pull, one: Review) -> dict[str, Any]:
    """A review of a pull request."""
    name = call.repository.full_name
    html = f"{call.base}/{name}/pull/{pull.number}#pullrequestreview-{one.id}"
    url = f"{call.base}/repos/{name}/pulls/{pull.number}"
    return {
        "id": one.id,
        "node_id": node_id("PRR", one.id),
        "user": simple_user(call.world, one.author, call.base),
        "body": one.body,
        "state": one.state,
        "html_url": html,
        "pull_request_url": url,
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "submitted_at": one.submitted_at,
        "commit_id": one.commit_id,
        "author_association": association(call.repository, one.author),
    }


def association(repository: Repository, login: str) -> str:
    """How an author stands to a repository."""
    if login == repository.owner:
        return "OWNER"
    if repository.collaborators.get(login) in {"write", "maintain", "admin"}:
        return "COLLABORATOR"
    merged = any(pull.author == login and pull.merged_at for pull in repository.pulls.values())
    return "CONTRIBUTOR" if merged else "NONE"
