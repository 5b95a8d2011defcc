"""Where GitHub does what its own description leaves out or forbids."""

from collections.abc import Mapping
from typing import Any

JSON = "application/json"

# A path into the description → what to change there.
CORRECTIONS: Mapping[tuple[str, ...], Mapping[str, Any]] = {
    # "head.repo" is null once the fork is deleted.
    ("components", "schemas", "pull-request", "properties", "head", "properties", "repo"): {
        "nullable": True
    },
    ("components", "schemas", "pull-request-simple", "properties", "head", "properties", "repo"): {
        "nullable": True
    },
    # Labels without a description show null here as everywhere else.
    (
        *("components", "schemas", "pull-request-simple", "properties", "labels", "items"),
        *("properties", "description"),
    ): {"nullable": True},
    # The text of both operations permits a bare array of names, which PyGithub sends.
    **{
        (
            *("paths", "/repos/{owner}/{repo}/issues/{issue_number}/labels", method),
            *("requestBody", "content", JSON),
        ): {
            "schema": {
                "anyOf": [
                    {"type": "array", "items": {"type": "string"}},
                    {
                        "type": "object",
                        "properties": {"labels": {"type": "array", "items": {"type": "string"}}},
                        "required": ["labels"],
                    },
                ]
            }
        }
        for method in ("post", "put")
    },
    # What is too long is refused by the endpoint itself, in GitHub's own words.
    **{
        (
            *("paths", path, method, "requestBody", "content", JSON, "schema", "properties"),
            *("output", "properties", name),
        ): {limit: 10_000_000}
        for path, method in (
            ("/repos/{owner}/{repo}/check-runs", "post"),
            ("/repos/{owner}/{repo}/check-runs/{check_run_id}", "patch"),
        )
        for name, limit in (
            ("annotations", "maxItems"),
            ("summary", "maxLength"),
            ("text", "maxLength"),
        )
    },
    # An app's permissions are more than the five that the description lists.
    **{
        ("components", "schemas", name, "properties", "permissions"): {
            "additionalProperties": {"type": "string"}
        }
        for name in ("integration", "nullable-integration")
    },
}
