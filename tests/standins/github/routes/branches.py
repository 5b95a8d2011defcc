"""Branches."""

from tests.standins.github.pulling import head_of
from tests.standins.github.refusals import Refused
from tests.standins.github.routing import REPOSITORY, Call, Listed, endpoint
from tests.standins.github.shapes.commits import commit

_HEADS = "refs/heads/"


@endpoint(f"GET {REPOSITORY}/branches", "contents:read")
def listed(call: Call):
    """All of them, by name."""
    url = f"{call.base}/repos/{call.repository.full_name}"

    def shape(item: tuple[str, str]):
        ref, sha = item
        name = ref.removeprefix(_HEADS)
        return {
            "name": name,
            "commit": {"sha": sha, "url": f"{url}/commits/{sha}"},
            "protected": False,
        }

    return Listed(sorted(call.repository.git.refs(_HEADS).items()), shape)


@endpoint(f"GET {REPOSITORY}/branches/{{branch}}", "contents:read")
def get(call: Call, branch: str):
    """One branch; nothing is protected here."""
    sha = head_of(call.repository.git, branch)
    if sha is None:
        raise Refused(404, "Branch not found")
    url = f"{call.base}/repos/{call.repository.full_name}/branches/{branch}"
    return {
        "name": branch,
        "commit": commit(call, sha),
        "_links": {
            "self": url,
            "html": f"{call.base}/{call.repository.full_name}/tree/{branch}",
        },
        "protected": False,
        "protection": {
            "enabled": False,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": f"{url}/protection",
    }
