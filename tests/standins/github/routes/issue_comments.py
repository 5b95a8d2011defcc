"""The conversation of a pull request."""

from tests.standins.github.permissions import require_role
from tests.standins.github.refusals import invalid, not_found
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.conversation import issue_comment
from tests.standins.github.world import Comment, Pull

_OF_ISSUE = f"{REPOSITORY}/issues/{{issue_number}}/comments"
_ONE = f"{REPOSITORY}/issues/comments/{{comment_id}}"
_LONGEST = 65_536  # characters


@endpoint(f"GET {_OF_ISSUE}", "issues|pull_requests:read")
def listed(call: Call, issue_number: int):
    """All of it, by id; `since` leaves out what has not been changed from then on."""
    pull = call.pull(issue_number)
    since = call.query.get("since", "")
    found = [one for one in pull.comments if one.updated_at >= since]
    return Listed(found, lambda one: issue_comment(call, pull, one))


@endpoint(f"POST {_OF_ISSUE}", "issues|pull_requests:write", anyone=True)
def create(call: Call, issue_number: int):
    """Say something."""
    pull = call.pull(issue_number)
    _check_body(call.body["body"])
    one = Comment(call.world.next_id(), call.login, call.body["body"], call.now, call.now)
    pull.comments.append(one)
    pull.updated_at = call.now
    return Reply(issue_comment(call, pull, one), 201)


@endpoint(f"GET {_ONE}", "issues|pull_requests:read")
def get(call: Call, comment_id: int):
    """One comment."""
    return issue_comment(call, *_find(call, comment_id))


@endpoint(f"PATCH {_ONE}", "issues|pull_requests:write", anyone=True)
def edit(call: Call, comment_id: int):
    """Its author, or who may write, says it otherwise."""
    pull, one = _own(call, comment_id)
    _check_body(call.body["body"])
    one.body, one.updated_at = call.body["body"], call.now
    return issue_comment(call, pull, one)


@endpoint(f"DELETE {_ONE}", "issues|pull_requests:write", anyone=True)
def delete(call: Call, comment_id: int):
    """Its author, or who may write, takes it back."""
    pull, one = _own(call, comment_id)
    pull.comments.remove(one)
    return Reply(status=204)


def _find(call: Call, comment_id: int) -> tuple[Pull, Comment]:
    for pull in call.repository.pulls.values():
        for one in pull.comments:
            if one.id == comment_id:
                return pull, one
    raise not_found()


def _own(call: Call, comment_id: int) -> tuple[Pull, Comment]:
    pull, one = _find(call, comment_id)
    if one.author != call.login:
        require_role(call.repository, call.caller, "write")
    return pull, one


def _check_body(body: str) -> None:
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > _LONGEST:
        message = f"Body is too long (maximum is {_LONGEST} characters)"
        raise invalid("IssueComment", "data", "unprocessable", message)
