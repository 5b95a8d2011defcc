"""Users and rate limits."""

from tests.standins.github.limits import limit_of, shown
from tests.standins.github.permissions import has_role
from tests.standins.github.refusals import Refused, not_found
from tests.standins.github.routing import REPOSITORY, Call, endpoint
from tests.standins.github.shapes.people import public_user, simple_user
from tests.standins.github.tokens import Limit
from tests.standins.github.world import ROLES


@endpoint("GET /user")
def myself(call: Call):
    """The user of the token; an installation is none."""
    if call.caller is None:
        raise Refused(401, "Requires authentication")
    if call.caller.of_app:
        raise Refused(403, "Resource not accessible by integration")
    return public_user(call.world, call.world.users[call.login], call.base)


@endpoint("GET /users/{username}")
def user(call: Call, username: str):
    """Anybody's page."""
    for login, one in call.world.users.items():
        if login.lower() == username.lower():
            return public_user(call.world, one, call.base)
    raise not_found()


@endpoint(f"GET {REPOSITORY}/collaborators/{{username}}/permission")
def permission(call: Call, username: str):
    """What somebody may do in a repository."""
    if call.caller is None:
        raise Refused(401, "Requires authentication")
    if not has_role(call.repository, call.caller, "write"):
        raise Refused(403, "Must have push access to view collaborator permission.")
    if username not in call.world.users:
        raise not_found()
    role = call.repository.role(username)
    legacy = {"maintain": "write", "triage": "read"}.get(role, role)
    flags = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain"}
    has = {name: ROLES.index(role) >= ROLES.index(least) for name, least in flags.items()}
    return {
        "permission": legacy,
        "role_name": role,
        "user": {
            **simple_user(call.world, username, call.base),
            "permissions": {**has, "admin": role == "admin"},
            "role_name": role,
        },
    }


@endpoint("GET /rate_limit")
def rate_limit(call: Call):
    """What is left; asking costs nothing."""
    resources = {}
    for resource in ("core", "graphql"):
        limit = limit_of(call.caller, resource, call.moment) if call.caller else None
        resources[resource] = shown(limit or Limit(60, int(call.moment) + 3600))
    resources["search"] = {**resources["core"], "limit": 30, "remaining": 30, "used": 0}
    return {"resources": resources, "rate": resources["core"]}
