"""Write openapi.json anew: GitHub's own REST description, cut down to the operations served here.

The source is the npm package @octokit/openapi (MIT, see openapi.LICENSE), which repackages
github.com/github/rest-api-description. To renew it:

    npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
    python -m tests.standins.github.prune_openapi package/generated/api.github.com.json

Kept word for word: paths, parameters, request and response schemas in JSON. Left out: every other
operation, prose, examples, other media types and headers.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("openapi.json")
REPOSITORY = "/repos/{owner}/{repo}"
OPERATIONS = {
    "/rate_limit": "get",
    "/user": "get",
    "/users/{username}": "get",
    REPOSITORY: "get delete",
    **{
        f"{REPOSITORY}/{path}": methods
        for path, methods in {
            "actions/artifacts": "get",
            "actions/artifacts/{artifact_id}": "get delete",
            "actions/artifacts/{artifact_id}/{archive_format}": "get",
            "actions/runs": "get",
            "actions/runs/{run_id}": "get",
            "actions/runs/{run_id}/artifacts": "get",
            "actions/runs/{run_id}/cancel": "post",
            "actions/workflows": "get",
            "actions/workflows/{workflow_id}": "get",
            "actions/workflows/{workflow_id}/dispatches": "post",
            "actions/workflows/{workflow_id}/runs": "get",
            "branches": "get",
            "branches/{branch}": "get",
            "check-runs": "post",
            "check-runs/{check_run_id}": "get patch",
            "check-runs/{check_run_id}/annotations": "get",
            "collaborators/{username}/permission": "get",
            "commits": "get",
            "commits/{commit_sha}/pulls": "get",
            "commits/{ref}": "get",
            "commits/{ref}/check-runs": "get",
            "commits/{ref}/status": "get",
            "commits/{ref}/statuses": "get",
            "compare/{basehead}": "get",
            "contents/{path}": "get put delete",
            "forks": "get post",
            "git/blobs": "post",
            "git/blobs/{file_sha}": "get",
            "git/commits": "post",
            "git/commits/{commit_sha}": "get",
            "git/matching-refs/{ref}": "get",
            "git/ref/{ref}": "get",
            "git/refs": "post",
            "git/refs/{ref}": "patch delete",
            "git/trees": "post",
            "git/trees/{tree_sha}": "get",
            "issues/comments/{comment_id}": "get patch delete",
            "issues/{issue_number}": "get patch",
            "issues/{issue_number}/comments": "get post",
            "issues/{issue_number}/labels": "get post put delete",
            "issues/{issue_number}/labels/{name}": "delete",
            "labels": "get post",
            "labels/{name}": "get patch delete",
            "merge-upstream": "post",
            "pulls": "get post",
            "pulls/{pull_number}": "get patch",
            "pulls/{pull_number}/commits": "get",
            "pulls/{pull_number}/files": "get",
            "pulls/{pull_number}/merge": "get put",
            "pulls/{pull_number}/reviews": "get post",
            "statuses/{sha}": "post",
        }.items()
    },
}
PROSE = frozenset({"description", "summary", "example", "examples", "title", "externalDocs"})


def pruned(description: dict[str, Any], operations: dict[str, str]) -> dict[str, Any]:
    """The parts of an OpenAPI description that say what these operations take and answer."""
    paths: dict[str, Any] = {
        path: {method: _operation(description["paths"][path][method]) for method in methods.split()}
        for path, methods in operations.items()
    }
    components: dict[str, dict[str, Any]] = {}
    waiting = [paths]
    while waiting:
        for kind, name in _references(waiting.pop()):
            if name not in components.setdefault(kind, {}):
                part = _without_prose(description["components"][kind][name])
                components[kind][name] = _body(part) if kind == "responses" else part
                waiting.append(components[kind][name])
    info = description["info"]
    return {
        "openapi": description["openapi"],
        "info": {
            "title": info["title"],
            "version": info["version"],
            "license": info["license"],
            "description": f"npm @octokit/openapi {info['version']}, generated/api.github.com.json, "
            "cut down by prune_openapi.py; copyright (c) 2020 Octokit contributors, "
            "terms in openapi.LICENSE",
        },
        "paths": paths,
        "components": {kind: dict(sorted(parts.items())) for kind, parts in components.items()},
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {"operationId": operation["operationId"]}
    kept["parameters"] = [_without_prose(part) for part in operation.get("parameters", ())]
    if "requestBody" in operation:
        kept["requestBody"] = _body(_without_prose(operation["requestBody"]))
    responses = operation["responses"].items()
    kept["responses"] = {status: _body(_without_prose(part)) for status, part in responses}
    return kept


def _body(part: dict[str, Any]) -> dict[str, Any]:
    """A request's or response's body in JSON, or the reference to one."""
    content = part.get("content", {})
    kept = {key: value for key, value in part.items() if key in {"$ref", "required"}}
    if "application/json" in content:
        kept["content"] = {"application/json": {"schema": content["application/json"]["schema"]}}
    return kept


def _without_prose(part: Any) -> Any:
    """A part without text for people; a property may well be called `description` or `title`."""
    if isinstance(part, list):
        return [_without_prose(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: {name: _without_prose(schema) for name, schema in value.items()}
        if key == "properties"
        else _without_prose(value)
        for key, value in part.items()
        if key not in PROSE and not key.startswith("x-")
    }


def _references(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, list):
        for item in part:
            yield from _references(item)
    elif isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            _, _, kind, name = part["$ref"].split("/")
            yield kind, name
        for value in part.values():
            yield from _references(value)


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text())
    TARGET.write_text(json.dumps(pruned(whole, OPERATIONS), indent=1) + "\n")
