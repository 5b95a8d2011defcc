"""What a repository has come to, without ids and times, so that two ends can be compared."""

from collections.abc import Mapping
from typing import Any

from tests.standins.git_repository import GitRepository
from tests.standins.github.world import CheckRun, Pull, Repository, World


def state_of(world: World, one: Repository) -> dict[str, Any]:
    """JSON-able. Order is kept where it can be seen: pull requests, comments, annotations, labels added."""
    return {
        "pulls": [_pull(pull) for _, pull in sorted(one.pulls.items())],
        "checks": _checks(one),
        "labels": {
            label.name: {"color": label.color, "description": label.description}
            for label in sorted(one.labels, key=lambda label: label.name)
        },
        "statuses": _statuses(one),
        "branches": {
            ref.removeprefix("refs/heads/"): _files(one.git, sha)
            for ref, sha in sorted(one.git.refs("refs/heads/").items())
        },
        "forks": sorted(x.full_name for x in world.network(one) if x.parent == one.full_name),
        "dispatches": [
            {"workflow": run.path, "ref": run.head_branch, "inputs": run.inputs}
            for run in one.runs
            if run.event == "workflow_dispatch"
        ],
    }


def _pull(pull: Pull) -> dict[str, Any]:
    return {
        "number": pull.number,
        "title": pull.title,
        "body": pull.body,
        "author": pull.author,
        "state": "merged" if pull.merged_at else pull.state,
        "draft": pull.draft,
        "head": f"{pull.head_owner}:{pull.head_ref}",
        "base": pull.base_ref,
        "labels": sorted(pull.labels),
        "comments": [
            {"author": each.author, "body": each.body, "minimized": each.minimized}
            for each in pull.comments
        ],
        "reviews": [
            {"author": each.author, "state": each.state, "body": each.body} for each in pull.reviews
        ],
    }


def _checks(one: Repository) -> dict[str, list[dict[str, Any]]]:
    """Every run, not only the latest of its name: a second one is a difference. By commit, then by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for run in sorted(one.checks, key=lambda run: (run.head_sha, run.name, run.id)):
        found.setdefault(run.head_sha, []).append(_check(run))
    return found


def _check(run: CheckRun) -> dict[str, Any]:
    return {
        "name": run.name,
        "app": run.app,
        "status": run.status,
        "conclusion": run.conclusion,
        "external_id": run.external_id,
        "details_url": run.details_url,
        **{key: run.output.get(key) for key in ("title", "summary", "text")},
        "annotations": run.annotations,
    }


def _statuses(one: Repository) -> dict[str, dict[str, dict[str, Any]]]:
    """Commit → context → what counts now."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for each in one.statuses:
        shown = {
            "state": each.state,
            "description": each.description,
            "target_url": each.target_url,
        }
        found.setdefault(each.sha, {})[each.context] = shown
    return {sha: dict(sorted(contexts.items())) for sha, contexts in sorted(found.items())}


def _files(git: GitRepository, sha: str) -> Mapping[str, str]:
    return {entry.path: entry.sha for entry in git.tree(sha) if entry.kind == "blob"}
