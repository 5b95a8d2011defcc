"""Trees of the git database."""

from typing import Any

from tests.standins.git_repository import Entry
from tests.standins.github.refusals import unprocessable
from tests.standins.github.revisions import commit_of, has_object
from tests.standins.github.routing import REPOSITORY, Call, Reply, endpoint
from tests.standins.github.tree_building import build_tree


@endpoint(f"GET {REPOSITORY}/git/trees/{{tree_sha}}", "contents:read")
def get(call: Call, tree_sha: str):
    """A tree by its SHA, or of a commit or branch; `recursive` (whatever its value) for all below it."""
    git = call.repository.git
    sha = tree_sha
    if not has_object(git, sha, "tree"):
        commit = commit_of(git, tree_sha)
        sha = git.git("rev-parse", f"{commit}^{{tree}}").decode().strip()
    entries = git.tree(sha, recursive="recursive" in call.query)
    most = call.world.most_tree_entries
    return {**_shape(call, sha, entries[:most]), "truncated": len(entries) > most}


@endpoint(f"POST {REPOSITORY}/git/trees", "contents:write")
def create(call: Call):
    """A tree from entries, on top of `base_tree` where given; `sha: null` deletes."""
    git, base = call.repository.git, call.body.get("base_tree")
    if base and not (has_object(git, base, "tree") or has_object(git, base, "commit")):
        raise unprocessable("base_tree is not a valid tree oid")
    sha = build_tree(git, base, call.body["tree"])
    return Reply({**_shape(call, sha, git.tree(sha, recursive=False)), "truncated": False}, 201)


def _shape(call: Call, sha: str, entries: list[Entry]) -> dict[str, Any]:
    url = f"{call.base}/repos/{call.repository.full_name}/git"
    return {
        "sha": sha,
        "url": f"{url}/trees/{sha}",
        "tree": [
            {
                "path": entry.path,
                "mode": entry.mode,
                "type": entry.kind,
                "sha": entry.sha,
                **({} if entry.size is None else {"size": entry.size}),
                "url": f"{url}/{entry.kind}s/{entry.sha}",
            }
            for entry in entries
        ],
    }
