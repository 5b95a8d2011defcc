"""What each endpoint does, by area; importing this package registers them all."""

from tests.standins.github.routes import (
    actions,
    branches,
    checks,
    commits,
    contents,
    git_data,
    git_trees,
    graphql,
    issue_comments,
    labels,
    merging,
    people,
    pulls,
    repositories,
    reviews,
    statuses,
)

__all__ = [
    "actions",
    "branches",
    "checks",
    "commits",
    "contents",
    "git_data",
    "git_trees",
    "graphql",
    "issue_comments",
    "labels",
    "merging",
    "people",
    "pulls",
    "repositories",
    "reviews",
    "statuses",
]
