"""What happened on GitHub, and which workflows it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.harness.globs import matches
from tests.harness.unsupported import Unsupported
from tests.harness.workflow_file import Workflow

_PULL_TYPES = ("opened", "synchronize", "reopened")
_MOST_CHANGED_SEEN = 300  # files of a difference that `paths` looks at


@dataclass(frozen=True)
class Source:
    """Where a run's workflow file and GITHUB_SHA come from."""

    ref: str
    sha: str


@dataclass(frozen=True)
class Event:
    """One event as a workflow sees it. `branch` is what `branches` filters, `changed` what `paths` does.

    `head_branch` and `head_sha` are what the API shows of its runs; `depth` counts workflow_run after workflow_run.
    """

    name: str
    payload: Mapping[str, Any]
    actor: str
    source: Source
    head_branch: str
    head_sha: str
    head_repository: str
    action: str = ""
    branch: str = ""
    changed: tuple[str, ...] = ()
    title: str = ""
    trusted: bool = True  # False: the files are a fork's, so no secrets and a token that only reads
    depth: int = 0
    inputs: Mapping[str, Any] = field(default_factory=dict)


def starts(workflow: Workflow, event: Event) -> bool:
    """Whether a workflow listens to an event.

    Raises:
        Unsupported: a filter that is not known here.
    """
    if event.name not in workflow.on:
        return False
    filters = workflow.on[event.name]
    match event.name:
        case "pull_request" | "pull_request_target":
            known = {"types", "branches", "branches-ignore", "paths", "paths-ignore"}
            _refuse_unknown(workflow, event, filters, known)
            wanted = filters.get("types", _PULL_TYPES)
            return event.action in _listed(wanted) and _passes(filters, event)
        case "push":
            known = {"branches", "branches-ignore", "paths", "paths-ignore"}
            _refuse_unknown(workflow, event, filters, known)
            return _passes(filters, event)
        case "issue_comment" | "pull_request_review":
            _refuse_unknown(workflow, event, filters, {"types"})
            return "types" not in filters or event.action in _listed(filters["types"])
        case "workflow_run":
            _refuse_unknown(workflow, event, filters, {"workflows", "types", "branches"})
            if set(_listed(filters["types"])) != {"completed"}:
                raise Unsupported(f"{workflow.path}: workflow_run of other types than completed")
            run = event.payload["workflow_run"]
            named = run["name"] in _listed(filters["workflows"])
            return named and _passes(filters, event)
        case "workflow_dispatch" | "schedule":
            return True
    raise Unsupported(f"{workflow.path}: on {event.name}")


def inputs_of(workflow: Workflow, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a dispatch, with the defaults of those not given."""
    declared = (workflow.on["workflow_dispatch"] or {}).get("inputs") or {}
    found: dict[str, Any] = {}
    for name, about in declared.items():
        kind = about.get("type", "string")
        if kind not in {"string", "boolean"}:
            raise Unsupported(f"{workflow.path}: input {name} of type {kind}")
        value = given.get(name, about.get("default", "false" if kind == "boolean" else ""))
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found[name] = text == "true" if kind == "boolean" else text
    return found


def _passes(filters: Mapping[str, Any], event: Event) -> bool:
    if "branches" in filters and not matches(_listed(filters["branches"]), event.branch):
        return False
    if matches(_listed(filters.get("branches-ignore", ())), event.branch):
        return False
    changed = event.changed[:_MOST_CHANGED_SEEN]
    if "paths" in filters:
        return any(matches(_listed(filters["paths"]), path) for path in changed)
    if "paths-ignore" in filters:
        ignored = _listed(filters["paths-ignore"])
        return not changed or any(not matches(ignored, path) for path in changed)
    return True


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _refuse_unknown(workflow: Workflow, event: Event, filters: Any, known: set[str]) -> None:
    if unknown := set(filters) - known:
        raise Unsupported(f"{workflow.path}: on {event.name}: {', '.join(sorted(unknown))}")
