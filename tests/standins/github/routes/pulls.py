"""Pull requests, and the issues that they also are."""

from typing import Any

from tests.standins.github.diffs import FileChange, between, patch
from tests.standins.github.permissions import has_role, require_role
from tests.standins.github.pulling import close, find_head, head_of, open_pull, reopen
from tests.standins.github.refusals import Refused, invalid
from tests.standins.github.routes.labels import set_labels
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.commits import commit, file_change
from tests.standins.github.shapes.pulls import full_pull, issue, simple_pull
from tests.standins.github.world import Pull

_ONE = f"{REPOSITORY}/pulls/{{pull_number}}"
_ISSUE = f"{REPOSITORY}/issues/{{issue_number}}"
_LONGEST = {"title": 256, "body": 65_536}  # characters


@endpoint(f"GET {REPOSITORY}/pulls", "pull_requests:read")
def listed(call: Call):
    """Pull requests by state, head (`owner:branch`, else it filters nothing) and base, the newest first."""
    query = call.query
    state, head, base = query.get("state", "open"), query.get("head", ""), query.get("base")
    found = [
        pull
        for pull in call.repository.pulls.values()
        if state in {"all", pull.state}
        and (":" not in head or head.lower() == f"{pull.head_owner}:{pull.head_ref}".lower())
        and base in {None, pull.base_ref}
    ]
    sort = query.get("sort", "created")
    upwards = query.get("direction", "desc" if sort == "created" else "asc") == "asc"
    found.sort(key=lambda x: (x.updated_at if sort == "updated" else "", x.number))
    return Listed(found if upwards else reversed(found), lambda pull: simple_pull(call, pull))


@endpoint(f"POST {REPOSITORY}/pulls", "pull_requests:write", anyone=True)
def create(call: Call):
    """Open one."""
    if not call.body.get("title"):
        raise invalid("PullRequest", "title", "missing_field")
    _check_lengths(call.body)
    _refuse_foreign_collaboration(call)
    pull = open_pull(
        call.world, call.repository, call.body["head"], call.login, call.body, call.now
    )
    return Reply(full_pull(call, pull), 201)


def _refuse_foreign_collaboration(call: Call) -> None:
    """Who opens may let maintainers push to the head (that is the default), if they may push there."""
    head, _ = find_head(call.world, call.repository, call.body["head"])
    foreign = head is not call.repository and not has_role(head, call.caller, "write")
    if foreign and call.body.get("maintainer_can_modify", True):
        message = "Fork collab can't be granted by someone without permission"
        raise invalid("PullRequest", "fork_collab", "custom", message)


@endpoint(f"GET {_ONE}", "pull_requests:read")
def get(call: Call, pull_number: int):
    """One pull request."""
    return full_pull(call, call.pull(pull_number))


@endpoint(f"PATCH {_ONE}", "pull_requests:write", anyone=True)
def edit(call: Call, pull_number: int):
    """Title, body, state, base; by its author or by those who may write."""
    pull = call.pull(pull_number)
    _change(call, pull)
    if base := call.body.get("base"):
        sha = head_of(call.repository.git, base)
        if sha is None:
            raise invalid("PullRequest", "base", "invalid")
        pull.base_ref, pull.base_sha = base, sha
    return full_pull(call, pull)


@endpoint(f"GET {_ISSUE}", "issues|pull_requests:read")
def get_issue(call: Call, issue_number: int):
    """A pull request as an issue."""
    return issue(call, call.pull(issue_number))


@endpoint(f"PATCH {_ISSUE}", "issues|pull_requests:write", anyone=True)
def edit_issue(call: Call, issue_number: int):
    """Title, body, state, labels."""
    pull = call.pull(issue_number)
    other = set(call.body or {}) - {"title", "body", "state", "labels"}
    if other:
        raise NotImplementedError(f"issues are edited without {', '.join(sorted(other))} here")
    _change(call, pull)
    if "labels" in call.body:
        require_role(call.repository, call.caller, "triage")
        names = [one if isinstance(one, str) else one["name"] for one in call.body["labels"]]
        pull.labels = set_labels(call, [], names)
    return issue(call, pull)


def _change(call: Call, pull: Pull) -> None:
    asked = call.body or {}
    if call.login != pull.author:
        require_role(call.repository, call.caller, "triage")
    if "title" in asked and not asked["title"]:
        raise invalid("PullRequest", "title", "missing_field")
    _check_lengths(asked)
    for name in ("title", "body"):
        setattr(pull, name, asked.get(name, getattr(pull, name)))
    state = asked.get("state", pull.state)
    if state != pull.state:
        if state == "open":
            reopen(call.world, call.repository, pull, call.now)
        else:
            close(pull, call.now)
    pull.updated_at = call.now


def _check_lengths(asked: dict[str, Any]) -> None:
    for name, most in _LONGEST.items():
        if len(asked.get(name) or "") > most:
            message = f"{name} is too long (maximum is {most} characters)"
            raise invalid("Issue", name, "custom", message)


@endpoint(f"GET {_ONE}/files", "pull_requests:read")
def files(call: Call, pull_number: int):
    """What it changes, by path; GitHub shows three thousand files at most."""
    pull, git = call.pull(pull_number), call.repository.git
    difference = between(git, pull.base_tip, pull.head_sha)

    def shape(change: FileChange):
        hunks = patch(git, difference.merge_base, pull.head_sha, change.path)
        return file_change(call, change, pull.head_sha, hunks)

    return Listed(difference.files[:3000], shape)


@endpoint(f"GET {_ONE}/commits", "pull_requests:read")
def commits(call: Call, pull_number: int):
    """Its commits, the oldest first; 250 at most."""
    pull = call.pull(pull_number)
    found = between(call.repository.git, pull.base_tip, pull.head_sha).commits
    return Listed(found[:250], lambda sha: commit(call, sha))


@endpoint(f"GET {REPOSITORY}/commits/{{commit_sha}}/pulls", "pull_requests:read")
def of_commit(call: Call, commit_sha: str):
    """The pull requests that contain a commit."""
    git = call.repository.git
    found = []
    for pull in call.repository.pulls.values():
        inside = between(git, pull.base_sha, pull.head_sha).commits
        if commit_sha in (*inside, pull.merge_commit_sha if pull.merged_at else None):
            found.append(pull)
    return Listed(reversed(found), lambda pull: simple_pull(call, pull))


def refuse_unless_open(pull: Pull) -> None:
    """Raises Refused (405) for a pull request that is closed or merged."""
    if pull.state != "open":
        raise Refused(405, "Pull Request is not mergeable")
