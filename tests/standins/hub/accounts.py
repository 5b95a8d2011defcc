"""Who a token is."""

from werkzeug import Response

from tests.standins.hub.access import require_user
from tests.standins.hub.answers import as_json, moment
from tests.standins.hub.call import Call
from tests.standins.hub.state import BEGINNING


def whoami(call: Call) -> Response:
    """`GET /api/whoami-v2`."""
    call.query()
    name = require_user(call.visitor)
    token = call.visitor.token
    spaces = sorted((token.read | token.write) - {name})
    scoped = [
        {
            "entity": {"_id": f"{space:0>24.24}", "type": _kind(call, space), "name": space},
            "permissions": ["repo.content.read"]
            + (["repo.write"] if space in token.write else [])
            + (["discussion.write"] if token.discuss else []),
        }
        for space in sorted(token.read | token.write)
    ]
    return as_json({
        "type": "user",
        "id": f"{name:0>24.24}",
        "name": name,
        "fullname": name,
        "email": f"{name}@localhost",
        "emailVerified": True,
        "canPay": False,
        "periodEnd": None,
        "isPro": False,
        "avatarUrl": f"/avatars/{name}.svg",
        "orgs": [
            {"type": "org", "id": f"{space:0>24.24}", "name": space, "fullname": space,
             "email": None, "canPay": False, "periodEnd": None, "isEnterprise": False,
             "avatarUrl": f"/avatars/{space}.svg",
             "roleInOrg": "write" if space in token.write else "read"}
            for space in spaces
        ],
        "auth": {
            "type": "access_token",
            "accessToken": {
                "displayName": "stand-in",
                "role": "fineGrained",
                "createdAt": moment(BEGINNING),
                "fineGrained": {"canReadGatedRepos": False, "global": [], "scoped": scoped},
            },
        },
    })  # fmt: skip


def telemetry(call: Call, path: str) -> Response:
    """`HEAD /api/telemetry/...`: libraries tell which of their functions are used."""
    del call, path
    return Response()


def harnesses(call: Call) -> Response:
    """`GET /api/agent-harnesses`: what clients compare their environment with for their User-Agent."""
    del call
    return as_json({"harnesses": {}, "standardEnvVars": []})


def _kind(call: Call, name: str) -> str:
    return call.hub.users.get(name, "org")
