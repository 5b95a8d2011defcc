"""The labels of a repository, and those on a pull request."""

import re

from tests.standins.github.permissions import granted, has_role, require_role
from tests.standins.github.refusals import Refused, invalid, not_found
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.conversation import label, labels_of
from tests.standins.github.world import Label, Pull

_ALL = f"{REPOSITORY}/labels"
_ONE = f"{REPOSITORY}/labels/{{name}}"
_ON_ISSUE = f"{REPOSITORY}/issues/{{issue_number}}/labels"
_GREY = "ededed"
_LONGEST_NAME, _LONGEST_DESCRIPTION = 50, 100
_WRITE = "issues|pull_requests:write"
_CREATE = "issues:write"


@endpoint(f"GET {_ALL}", "issues|pull_requests:read")
def listed(call: Call):
    """The repository's labels, by name."""
    found = sorted(call.repository.labels, key=lambda one: one.name.lower())
    return Listed(found, lambda one: label(call, one))


@endpoint(f"POST {_ALL}", _CREATE)
def create(call: Call):
    """A new label; grey where no colour is given."""
    name = call.body["name"]
    if call.repository.label(name):
        raise invalid("Label", "name", "already_exists")
    color, description = call.body.get("color", _GREY), call.body.get("description")
    _check(name, color, description)
    one = Label(call.world.next_id(), name, color.lower(), description)
    call.repository.labels.append(one)
    return Reply(label(call, one), 201)


@endpoint(f"GET {_ONE}", "issues|pull_requests:read")
def get(call: Call, name: str):
    """One label."""
    return label(call, _find(call, name))


@endpoint(f"PATCH {_ONE}", _WRITE)
def edit(call: Call, name: str):
    """Rename, recolour or describe it; pull requests keep it under its new name."""
    one, asked = _find(call, name), call.body or {}
    new = asked.get("new_name", one.name)
    other = call.repository.label(new)
    if other and other is not one:
        raise invalid("Label", "name", "already_exists")
    _check(new, asked.get("color", one.color), asked.get("description"))
    for pull in call.repository.pulls.values():
        pull.labels = [new if x == one.name else x for x in pull.labels]
    one.name, one.color = new, asked.get("color", one.color).lower()
    one.description = asked.get("description", one.description)
    return label(call, one)


@endpoint(f"DELETE {_ONE}", _WRITE)
def delete(call: Call, name: str):
    """Delete it from the repository and so from every pull request."""
    one = _find(call, name)
    call.repository.labels.remove(one)
    for pull in call.repository.pulls.values():
        pull.labels = [x for x in pull.labels if x != one.name]
    return Reply(status=204)


@endpoint(f"GET {_ON_ISSUE}", "issues|pull_requests:read")
def of_issue(call: Call, issue_number: int):
    """The labels of a pull request."""
    pull = call.pull(issue_number)
    return Listed(labels_of(call, pull), lambda one: one)


@endpoint(f"POST {_ON_ISSUE}", _WRITE, anyone=True)
def add(call: Call, issue_number: int):
    """Add some, as people may who triage; one that the repository lacks is made, in grey, as those who may write."""
    if call.caller:
        require_role(call.repository, call.caller, "triage")
    pull = call.pull(issue_number)
    _change(call, pull, set_labels(call, pull.labels, _names(call)))
    return labels_of(call, pull)


@endpoint(f"PUT {_ON_ISSUE}", _WRITE)
def replace(call: Call, issue_number: int):
    """These and no others."""
    pull = call.pull(issue_number)
    _change(call, pull, set_labels(call, [], _names(call)))
    return labels_of(call, pull)


@endpoint(f"DELETE {_ON_ISSUE}", _WRITE)
def clear(call: Call, issue_number: int):
    """None any more."""
    _change(call, call.pull(issue_number), [])
    return Reply(status=204)


@endpoint(f"DELETE {_ON_ISSUE}/{{name}}", _WRITE)
def remove(call: Call, issue_number: int, name: str):
    """Take one away. 404 where the pull request does not have it."""
    pull = call.pull(issue_number)
    kept = [x for x in pull.labels if x.lower() != name.lower()]
    if kept == pull.labels:
        raise not_found()
    _change(call, pull, kept)
    return labels_of(call, pull)


def set_labels(call: Call, before: list[str], names: list[str]) -> list[str]:
    """The names of labels after adding some to those before; makes what is missing.

    Since 2025 that takes `issues: write`, whatever the documentation says (github.com/actions/labeler
    issue 870): pull requests alone are not enough.

    Raises:
        Refused: 403, where it is not granted.
    """
    result = list(before)
    for name in names:
        one = call.repository.label(name)
        if one is None:
            _check(name, _GREY, None)
            _require_creation(call)
            one = Label(call.world.next_id(), name, _GREY)
            call.repository.labels.append(one)
        if one.name not in result:
            result.append(one.name)
    return result


def _change(call: Call, pull: Pull, labels: list[str]) -> None:
    """What a pull request is labelled with counts as a change of it."""
    if labels != pull.labels:
        pull.labels, pull.updated_at = labels, call.now


def _require_creation(call: Call) -> None:
    one, there = call.caller, call.repository
    if one and not (granted(one, there, ("issues",), "write") and has_role(there, one, "write")):
        error = {"resource": "Repository", "field": "label", "code": "unauthorized"}
        message = "You do not have permission to create labels on this repository."
        raise Refused(403, message, [error])


def _names(call: Call) -> list[str]:
    asked = call.body if isinstance(call.body, list) else (call.body or {}).get("labels", [])
    return [str(name) for name in asked]


def _find(call: Call, name: str) -> Label:
    one = call.repository.label(name)
    if one is None:
        raise not_found()
    return one


def _check(name: str, color: str, description: str | None) -> None:
    if not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > _LONGEST_NAME:
        raise invalid("Label", "name", "invalid", "name is too long (maximum is 50 characters)")
    if not re.fullmatch("[0-9a-fA-F]{6}", color):
        raise invalid("Label", "color", "invalid")
    if description and len(description) > _LONGEST_DESCRIPTION:
        message = "description is too long (maximum is 100 characters)"
        raise invalid("Label", "description", "invalid", message)
