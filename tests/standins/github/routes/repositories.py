"""Repositories and their forks."""

from tests.standins.git_repository import NoSuchRevision
from tests.standins.github.diffs import is_ancestor, merged_tree
from tests.standins.github.forking import delete, fork
from tests.standins.github.refusals import Refused, not_found, unprocessable
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.repositories import full_repository, minimal_repository


@endpoint(f"GET {REPOSITORY}")
def get(call: Call):
    """One repository."""
    return full_repository(call, call.repository)


@endpoint(f"DELETE {REPOSITORY}", "administration:admin")
def remove(call: Call):
    """Delete it; what was proposed from it stays proposed."""
    delete(call.world, call.repository)
    return Reply(status=204)


@endpoint(f"GET {REPOSITORY}/forks", "metadata:read")
def forks(call: Call):
    """Its forks, the newest first."""
    found = [x for x in call.world.repositories.values() if x.parent == call.repository.full_name]
    return Listed(reversed(found), lambda one: minimal_repository(call, one))


@endpoint(f"POST {REPOSITORY}/forks", "administration|contents:write", anyone=True)
def create_fork(call: Call):
    """Fork to the caller, or to an organization; a fork that exists is answered as if it were new."""
    asked = call.body or {}
    owner = asked.get("organization") or call.login
    if call.caller is None or call.caller.of_app:
        raise Refused(403, "Resource not accessible by integration")
    if owner not in call.world.users:
        raise not_found()
    if owner != call.login and call.world.users[owner].kind != "Organization":
        wanted = "You must pass the login for an organization account."
        raise unprocessable(f"'{owner}' is the login for a user account. {wanted}")
    if owner == call.repository.owner:
        raise Refused(403, "cannot fork a repository into the account that owns it")
    known = set(call.world.repositories)
    made = fork(call.world, call.repository, owner, asked.get("name"), call.now)
    if made.full_name.lower() not in known:  # GitHub copies in the background
        made.empty_until = call.world.requests + 1 + call.world.slow_forks
    return Reply(full_repository(call, made), 202)


@endpoint(f"POST {REPOSITORY}/merge-upstream", "contents:write")
def merge_upstream(call: Call):
    """Bring a fork's branch up to its parent's."""
    one, branch = call.repository, call.body["branch"]
    if not one.parent:
        raise Refused(422, "Repository is not a fork")
    parent = call.world.repository(one.parent)
    ref = f"refs/heads/{branch}"
    try:
        ours, theirs = one.git.resolve(ref), parent.git.resolve(ref)
    except NoSuchRevision as error:
        raise Refused(404, "Branch not found") from error
    base = f"{parent.owner}:{branch}"
    if is_ancestor(one.git, theirs, ours):
        message, kind = f"This branch is not behind the upstream {base}.", "none"
    elif is_ancestor(one.git, ours, theirs):
        one.git.git("update-ref", ref, theirs, ours)
        message, kind = (
            f"Successfully fetched and fast-forwarded from upstream {base}.",
            "fast-forward",
        )
    else:
        tree = merged_tree(one.git, ours, theirs)
        if tree is None:
            raise Refused(409, "There are merge conflicts")
        text = f"Merge branch '{base}' into {branch}".encode()
        made = one.git.git("commit-tree", "-p", ours, "-p", theirs, tree, stdin=text)
        one.git.git("update-ref", ref, made.decode().strip(), ours)
        message, kind = f"Successfully fetched and merged from upstream {base}.", "merge"
    return {"message": message, "merge_type": kind, "base_branch": base}
