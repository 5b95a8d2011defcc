"""Check runs. Only apps write them."""

from typing import Any

from tests.standins.github.refusals import Refused, invalid, not_found
from tests.standins.github.revisions import commit_of, require_commit
from tests.standins.github.routing import REPOSITORY, Call, Listed, Reply, endpoint
from tests.standins.github.shapes.checks import annotation, check_run
from tests.standins.github.world import CheckRun

_ALL = f"{REPOSITORY}/check-runs"
_ONE = f"{REPOSITORY}/check-runs/{{check_run_id}}"
_MOST_ANNOTATIONS = 50  # a request
_LONGEST_TEXT = 65_535  # characters
_LONGEST_MESSAGE = 64 * 1024  # bytes
_LONGEST_TITLE = 255  # characters, of an annotation


@endpoint(f"POST {_ALL}", "checks:write")
def create(call: Call):
    """A new run; nothing stops a second one of the same name."""
    _require_app(call)
    asked = call.body
    require_commit(call.repository.git, asked["head_sha"])
    _check_output(asked.get("output") or {})
    one = CheckRun(
        id=call.world.next_id(),
        name=asked["name"],
        head_sha=asked["head_sha"],
        app=call.login,
        status=asked.get("status", "queued"),
        started_at=asked.get("started_at", call.now),
    )
    _apply(call, one)
    call.repository.checks.append(one)
    return Reply(check_run(call, one), 201)


@endpoint(f"GET {_ONE}", "checks:read")
def get(call: Call, check_run_id: int):
    """One run."""
    return check_run(call, _find(call, check_run_id))


@endpoint(f"PATCH {_ONE}", "checks:write")
def edit(call: Call, check_run_id: int):
    """Change one's own run; annotations come on top of those before."""
    _require_app(call)
    one = _find(call, check_run_id)
    if one.app != call.login:
        owner = call.world.users[one.app].id
        why = "check run can only be modified by the GitHub App that created it."
        raise Refused(403, f"Invalid app_id `{owner}` - {why}")
    _check_output(call.body.get("output") or {})
    one.name = call.body.get("name", one.name)
    one.status = call.body.get("status", one.status)
    one.started_at = call.body.get("started_at", one.started_at)
    _apply(call, one)
    return check_run(call, one)


@endpoint(f"GET {_ONE}/annotations", "checks:read")
def annotations(call: Call, check_run_id: int):
    """Its annotations, as they came."""
    one = _find(call, check_run_id)
    return Listed(one.annotations, lambda each: annotation(call, one, each))


@endpoint(f"GET {REPOSITORY}/commits/{{ref}}/check-runs", "checks:read")
def of_commit(call: Call, ref: str):
    """The runs on a commit, the newest first; `filter=latest` (as it is by itself) keeps one of each name and app."""
    query, sha = call.query, commit_of(call.repository.git, ref, missing=422)
    found = []
    seen: set[tuple[str, str]] = set()
    for one in reversed(call.repository.checks):
        again = (one.name, one.app) in seen and query.get("filter", "latest") == "latest"
        if one.head_sha != sha or again:
            continue
        seen.add((one.name, one.app))
        wanted = {"check_name": one.name, "status": one.status}
        if all(query.get(name, value) == value for name, value in wanted.items()) and (
            int(query.get("app_id", 0)) in {0, call.world.users[one.app].id}
        ):
            found.append(one)
    return Listed(found, lambda one: check_run(call, one), "check_runs")


def _apply(call: Call, one: CheckRun) -> None:
    """What a new run and a change to one have in common."""
    asked = call.body
    one.external_id = asked.get("external_id", one.external_id)
    one.details_url = asked.get("details_url", one.details_url)
    if "conclusion" in asked:
        one.status, one.conclusion = "completed", asked["conclusion"]
    elif one.status != "completed":
        one.conclusion = one.completed_at = None
    if one.status == "completed":
        if one.conclusion is None:
            raise invalid("CheckRun", "conclusion", "missing_field")
        one.completed_at = asked.get("completed_at") or one.completed_at or call.now
    output: dict[str, Any] = asked.get("output") or {}
    one.output.update({key: output[key] for key in ("title", "summary", "text") if key in output})
    one.annotations += output.get("annotations", [])


def _check_output(output: dict[str, Any]) -> None:
    if (count := len(output.get("annotations", ()))) > _MOST_ANNOTATIONS:
        raise _too_much(
            f"No more than {_MOST_ANNOTATIONS} items are allowed; {count} were supplied."
        )
    if not all(map(_fits, output.get("annotations", ()))):
        raise invalid("CheckRun", "annotations", "invalid")
    for name in ("summary", "text"):
        if (size := len(output.get(name) or "")) > _LONGEST_TEXT:
            raise _too_much(f"Only {_LONGEST_TEXT} characters are allowed; {size} were supplied.")


def _fits(one: dict[str, Any]) -> bool:
    """GitHub does not say which annotation it will not have, or why: github.com/probot/probot issue 790.

    Columns come in pairs, and only within one line: github.com/actions/runner pull request 2082.
    """
    columns = [one[name] for name in ("start_column", "end_column") if name in one]
    pair = len(columns) == 2 and columns == sorted(columns) and one["start_line"] == one["end_line"]
    return (
        bool(one["path"])
        and 0 <= one["start_line"] <= one["end_line"]
        and (not columns or pair)
        and 0 < len(one["message"].encode()) <= _LONGEST_MESSAGE
        and len(one.get("title", "")) <= _LONGEST_TITLE
    )


def _too_much(message: str) -> Refused:
    return Refused(422, f"Invalid request.\n\n{message}")


def _require_app(call: Call) -> None:
    assert call.caller is not None
    if call.caller.of_app:
        return
    if call.caller.permissions is None:
        raise Refused(403, "You must authenticate via a GitHub App.")
    raise Refused(403, "Resource not accessible by personal access token")


def _find(call: Call, check_run_id: int) -> CheckRun:
    for one in call.repository.checks:
        if one.id == check_run_id:
            return one
    raise not_found()
