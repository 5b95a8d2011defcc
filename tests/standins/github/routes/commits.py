"""History: commits and comparisons."""

from typing import Any

from tests.standins.git_repository import GitRepository, NoSuchRevision
from tests.standins.github.diffs import FileChange, between, changes, patch
from tests.standins.github.pulling import find_head
from tests.standins.github.refusals import Refused, not_found
from tests.standins.github.revisions import commit_of
from tests.standins.github.routing import REPOSITORY, Call, Listed, endpoint
from tests.standins.github.shapes.commits import commit, facts, file_change
from tests.standins.github.tree_building import EMPTY


@endpoint(f"GET {REPOSITORY}/commits", "contents:read")
def listed(call: Call):
    """From a branch or SHA backwards, of one path where asked."""
    if unknown := set(call.query) & {"author", "committer", "since", "until"}:
        raise NotImplementedError(f"commits by {unknown}")
    git = call.repository.git
    start = commit_of(git, call.query.get("sha", call.repository.default_branch))
    path = ["--", call.query["path"]] if call.query.get("path") else []
    found = git.git("rev-list", start, *path).decode().split()
    return Listed(found, lambda sha: commit(call, sha))


@endpoint(f"GET {REPOSITORY}/commits/{{ref}}", "contents:read")
def get(call: Call, ref: str):
    """One commit with what it changed."""
    git = call.repository.git
    sha = commit_of(git, ref, missing=422)
    parent = next(iter(facts(git, sha).parents), EMPTY)
    found = changes(git, parent, sha)
    added, removed = (sum(getattr(x, side) for x in found) for side in ("additions", "deletions"))
    return {
        **commit(call, sha),
        "stats": {"additions": added, "deletions": removed, "total": added + removed},
        "files": [_shape(call, change, parent, sha) for change in found],
    }


@endpoint(f"GET {REPOSITORY}/compare/{{basehead}}", "contents:read")
def compare(call: Call, basehead: str):
    """`base...head`, either of which may be `owner:branch` of the network."""
    base, dots, head = basehead.partition("...")
    if not dots:
        raise not_found()
    git = call.repository.git
    old, new = _side(call, base), _side(call, head)
    try:
        difference = between(git, old, new)
    except NoSuchRevision as error:
        raise Refused(404, f"No common ancestor between {base} and {head}.") from error
    ahead, behind = len(difference.commits), difference.behind
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}
    name = call.repository.full_name
    html = f"{call.base}/{name}/compare/{basehead}"
    whole = {
        "url": f"{call.base}/repos/{name}/compare/{basehead}",
        "html_url": html,
        "permalink_url": f"{call.base}/{name}/compare/{old}...{new}",
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit(call, old),
        "merge_base_commit": commit(call, difference.merge_base),
        "status": status.get((ahead > 0, behind > 0), "identical"),
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "files": [
            _shape(call, change, difference.merge_base, new) for change in difference.files[:300]
        ],
    }
    return Listed(
        difference.commits, lambda sha: commit(call, sha), "commits", whole, counted=False
    )


def _side(call: Call, name: str) -> str:
    git: GitRepository = call.repository.git
    if ":" in name:
        source, branch = find_head(call.world, call.repository, name)
        git, name = source.git, branch
    return commit_of(git, name)


def _shape(call: Call, change: FileChange, old: str, new: str) -> dict[str, Any]:
    return file_change(call, change, new, patch(call.repository.git, old, new, change.path))
