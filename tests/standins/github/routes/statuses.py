"""Commit statuses."""

from tests.standins.github.refusals import invalid
from tests.standins.github.revisions import commit_of, require_commit
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.checks import simple_status, status
from tests.standins.github.shapes.repositories import minimal_repository
from tests.standins.github.world import Status

_STATES = ("error", "failure", "pending", "success")
_LONGEST_DESCRIPTION = 140
_OF_COMMIT = f"{REPOSITORY}/commits/{{ref}}/statuses"


@endpoint(f"POST {REPOSITORY}/statuses/{{sha}}", "statuses:write")
def create(call: Call, sha: str):
    """A new status; it hides the earlier ones of its context."""
    require_commit(call.repository.git, sha)
    description = call.body.get("description")
    if description and len(description) > _LONGEST_DESCRIPTION:
        message = "description is too long (maximum is 140 characters)"
        raise invalid("Status", "description", "custom", message)
    one = Status(
        call.world.next_id(),
        sha,
        call.body["state"],
        call.body.get("context", "default"),
        description,
        call.body.get("target_url"),
        call.login,
        call.now,
    )
    call.repository.statuses.append(one)
    return Reply(status(call, one), 201)


@endpoint(f"GET {REPOSITORY}/statuses/{{ref}}", "statuses:read", described=_OF_COMMIT)
@endpoint(f"GET {_OF_COMMIT}", "statuses:read")
def listed(call: Call, ref: str):
    """All of a commit, the newest first."""
    sha = commit_of(call.repository.git, ref)
    found = [one for one in reversed(call.repository.statuses) if one.sha == sha]
    return Listed(found, lambda one: status(call, one))


@endpoint(f"GET {REPOSITORY}/commits/{{ref}}/status", "statuses:read")
def combined(call: Call, ref: str):
    """The latest of each context, and the worst of them all."""
    sha = commit_of(call.repository.git, ref)
    latest = {one.context: one for one in call.repository.statuses if one.sha == sha}
    states = {one.state for one in latest.values()}
    failed = states & {"error", "failure"}
    url = f"{call.base}/repos/{call.repository.full_name}/commits/{sha}"
    whole = {
        "state": "failure" if failed else "success" if states == {"success"} else "pending",
        "sha": sha,
        "repository": minimal_repository(call, call.repository),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return Listed(latest.values(), lambda one: simple_status(call, one), "statuses", whole)
