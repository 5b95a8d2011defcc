"""Reviews of pull requests."""

from tests.standins.github.refusals import Refused
from tests.standins.github.routing import REPOSITORY, Call, Listed, endpoint
from tests.standins.github.shapes.conversation import review
from tests.standins.github.world import Review

_ALL = f"{REPOSITORY}/pulls/{{pull_number}}/reviews"
_STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


@endpoint(f"GET {_ALL}", "pull_requests:read")
def listed(call: Call, pull_number: int):
    """All of them, the oldest first."""
    pull = call.pull(pull_number)
    return Listed(pull.reviews, lambda one: review(call, pull, one))


@endpoint(f"POST {_ALL}", "pull_requests:write", anyone=True)
def create(call: Call, pull_number: int):
    """Give a verdict; nobody approves their own work."""
    pull, asked = call.pull(pull_number), call.body or {}
    state = _STATES.get(asked.get("event", ""), "PENDING")
    if asked.get("comments"):
        raise NotImplementedError("comments on lines")
    if state not in {"COMMENTED", "PENDING"} and call.login == pull.author:
        verb = "approve" if state == "APPROVED" else "request changes on"
        raise Refused(422, "Unprocessable Entity", [f"Can not {verb} your own pull request"])
    if state in {"CHANGES_REQUESTED", "COMMENTED"} and not asked.get("body"):
        raise Refused(422, "Unprocessable Entity", ["Body can't be blank"])
    one = Review(
        call.world.next_id(),
        call.login,
        asked.get("body", ""),
        state,
        asked.get("commit_id", pull.head_sha),
        call.now,
    )
    pull.reviews.append(one)
    return review(call, pull, one)
