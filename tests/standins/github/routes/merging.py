"""Merging a pull request."""

from tests.standins.github.diffs import between, merged_tree
from tests.standins.github.refusals import Refused
from tests.standins.github.routes.pulls import refuse_unless_open
from tests.standins.github.routing import REPOSITORY, Call, Reply, endpoint

_MERGE = f"{REPOSITORY}/pulls/{{pull_number}}/merge"


@endpoint(f"GET {_MERGE}", "pull_requests:read")
def merged(call: Call, pull_number: int):
    """204 where it was merged, else 404."""
    return Reply(status=204 if call.pull(pull_number).merged_at else 404)


@endpoint(f"PUT {_MERGE}", "contents:write")
def merge(call: Call, pull_number: int):
    """Merge, squash or rebase (which here squashes too where there is one commit)."""
    pull, git, asked = call.pull(pull_number), call.repository.git, call.body or {}
    refuse_unless_open(pull)
    if asked.get("sha", pull.head_sha) != pull.head_sha:
        raise Refused(409, "Head branch was modified. Review and try the merge again.")
    tree = merged_tree(git, pull.base_tip, pull.head_sha)
    if tree is None or pull.draft:
        raise Refused(405, "Pull Request is not mergeable")
    method = asked.get("merge_method", "merge")
    if method == "rebase" and len(between(git, pull.base_tip, pull.head_sha).commits) > 1:
        raise NotImplementedError("rebasing several commits")
    title = asked.get("commit_title") or (
        f"{pull.title} (#{pull.number})"
        if method == "squash"
        else f"Merge pull request #{pull.number} from {pull.head_owner}/{pull.head_ref}"
    )
    text = f"{title}\n\n{asked.get('commit_message', pull.title)}".encode()
    parents = ["-p", pull.base_tip, *(["-p", pull.head_sha] if method == "merge" else [])]
    sha = git.git("commit-tree", *parents, tree, stdin=text).decode().strip()
    git.git("update-ref", f"refs/heads/{pull.base_ref}", sha, pull.base_tip)
    pull.state, pull.closed_at, pull.updated_at = "closed", call.now, call.now
    pull.merged_at, pull.merged_by, pull.merge_commit_sha = call.now, call.login, sha
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}
