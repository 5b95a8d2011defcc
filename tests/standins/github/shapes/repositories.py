"""Repositories, as other objects show them and on their own page."""

from typing import Any

from tests.standins.github.routing import Call
from tests.standins.github.shapes.identifiers import node_id
from tests.standins.github.shapes.people import simple_user
from tests.standins.github.world import ROLES, Repository

_TEMPLATES = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}


def minimal_repository(call: Call, repository: Repository) -> dict[str, Any]:
    """As lists, pull requests and runs show it."""
    url, page = (f"{call.base}{x}/{repository.full_name}" for x in ("/repos", ""))
    forks = _forks(call, repository)
    opened = sum(pull.state == "open" for pull in repository.pulls.values())
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": simple_user(call.world, repository.owner, call.base),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "html_url": page,
        "description": repository.description,
        "fork": repository.parent is not None,
        "url": url,
        **{name: f"{url}/{template}" for name, template in _TEMPLATES.items()},
        "clone_url": f"{page}.git",
        "git_url": f"git:{page.partition(':')[2]}.git",
        "ssh_url": f"git@{call.base.partition('//')[2]}:{repository.full_name}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "forks": forks,
        "forks_count": forks,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "size": 0,
        "default_branch": repository.default_branch,
        "open_issues": opened,
        "open_issues_count": opened,
        "is_template": False,
        "topics": [],
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "license": None,
        "pushed_at": repository.created_at,
        "created_at": repository.created_at,
        "updated_at": repository.created_at,
        "permissions": _permissions(call, repository),
    }


def full_repository(call: Call, one: Repository) -> dict[str, Any]:
    """The repository's own page."""
    parent = {}
    if one.parent:
        shown = minimal_repository(call, call.world.repository(one.parent))
        parent = {"parent": shown, "source": shown}
    return {
        **minimal_repository(call, one),
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "allow_squash_merge": True,
        "delete_branch_on_merge": False,
        "network_count": len(call.world.network(one)) - 1,
        "subscribers_count": 0,
        **parent,
    }


def _forks(call: Call, repository: Repository) -> int:
    return sum(x.parent == repository.full_name for x in call.world.repositories.values())


def _permissions(call: Call, repository: Repository) -> dict[str, bool]:
    role = ROLES.index(repository.role(call.caller.login if call.caller else None))
    levels = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain"}
    return {
        **{name: role >= ROLES.index(level) for name, level in levels.items()},
        "admin": role == ROLES.index("admin"),
    }
