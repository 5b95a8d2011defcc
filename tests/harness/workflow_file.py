"""A workflow file as the harness reads it: what decides before and around its jobs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.harness.unsupported import Unsupported

_WORKFLOW = {"name", "run-name", "on", "permissions", "concurrency", "env", "defaults", "jobs"}
_JOB = {
    *("name", "needs", "if", "runs-on", "timeout-minutes", "environment", "permissions", "env"),
    *("concurrency", "strategy", "steps", "outputs", "defaults"),
}
_STEP = {
    *("name", "id", "if", "uses", "with", "run", "shell", "env", "working-directory"),
    *("timeout-minutes", "continue-on-error"),
}
_RESTRICTED = {"contents": "read", "packages": "read"}  # what a repository grants by default
# Every permission that LocalGithub's tokens know, by GitHub's name for it.
_AREAS = (
    *("actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token"),
    *("issues", "packages", "pages", "pull-requests", "security-events", "statuses"),
)
# Full SHA of each third-party action → the folder of its stand-in and the inputs it takes.
PINNED = {
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1": (
        "checkout",
        {"ref", "token", "persist-credentials", "fetch-depth"},
    ),
    "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97": (
        "setup-python",
        {"python-version"},
    ),
    "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f": (
        "upload-artifact",
        {"name", "path", "if-no-files-found", "retention-days"},
    ),
    "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c": (
        "download-artifact",
        {"name", "path"},
    ),
}


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans alone: `on` is a word."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in found if tag != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false)$"), ["t", "f"])


@dataclass(frozen=True)
class Step:
    """One step; `id` is its own or its index, as act names it."""

    id: str
    name: str
    uses: str
    condition: str
    may_fail: bool = False  # its failure is none of the job


@dataclass(frozen=True)
class Job:
    """One job; what may hold expressions is kept as it stands in the file."""

    id: str
    name: str
    needs: tuple[str, ...]
    condition: str
    runs_on: Any
    time_limit: Any
    environment: Any
    permissions: Mapping[str, str]
    concurrency: Any
    has_matrix: bool
    outputs: Mapping[str, str]
    steps: tuple[Step, ...]
    text: str  # the job as YAML, to look for what it names


@dataclass(frozen=True)
class Workflow:
    """One file. `on`: event → its filters."""

    path: str
    name: str
    run_name: str | None
    on: Mapping[str, Any]
    concurrency: Any
    jobs: Mapping[str, Job]

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]


def read_workflow(path: str, text: str) -> Workflow:
    """Read one file.

    Raises:
        Unsupported: it uses what the harness does not do as GitHub does.
    """
    data = load(text)
    _known(path, data, _WORKFLOW)
    whole = data.get("permissions")
    return Workflow(
        path=path,
        name=data.get("name", path),
        run_name=data.get("run-name"),
        on=_events(data["on"]),
        concurrency=data.get("concurrency"),
        jobs={name: _job(path, name, job, whole) for name, job in data["jobs"].items()},
    )


def load(text: str) -> Any:
    """YAML as GitHub reads it."""
    return yaml.load(text, _Loader)  # noqa: S506 -- a SafeLoader with fewer booleans


def granted(permissions: Any) -> dict[str, str]:
    """What `permissions` gives a token, by the names that LocalGithub has for the areas."""
    if permissions is None:
        permissions = _RESTRICTED
    if isinstance(permissions, str):
        level = {"read-all": "read", "write-all": "write"}[permissions]
        permissions = dict.fromkeys(_AREAS, level)
    if unknown := set(permissions) - set(_AREAS):
        raise Unsupported(f"permissions: {unknown}")
    return {name.replace("-", "_"): level for name, level in permissions.items()}


def check_uses(where: str, uses: str, given: Mapping[str, Any]) -> None:
    """Refuse an action, or an input of one, that has no stand-in."""
    if not uses or uses.startswith("./"):
        return
    if uses not in PINNED:
        raise Unsupported(f"{where}: no stand-in for {uses}")
    _, inputs = PINNED[uses]
    _known(f"{where}, {uses}", given, inputs)


def _events(on: Any) -> dict[str, Any]:
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {name: {} for name in on}
    return {name: filters if filters is not None else {} for name, filters in on.items()}


def _job(path: str, name: str, job: Mapping[str, Any], whole: Any) -> Job:
    where = f"{path}: {name}"
    _known(where, job, _JOB)
    strategy = job.get("strategy", {})
    if strategy and strategy.get("fail-fast") is not False:
        raise Unsupported(f"{where}: act knows no fail-fast; set it to false")
    needs = job.get("needs", ())
    return Job(
        id=name,
        name=job.get("name", name),
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        condition=str(job.get("if", "")),
        runs_on=job["runs-on"],
        time_limit=job.get("timeout-minutes", 360),
        environment=job.get("environment"),
        permissions=granted(job.get("permissions", whole)),
        concurrency=job.get("concurrency"),
        has_matrix="matrix" in strategy,
        outputs=job.get("outputs", {}),
        steps=tuple(_step(where, str(i), step) for i, step in enumerate(job["steps"])),
        text=yaml.safe_dump(dict(job)),
    )


def _step(where: str, index: str, step: Mapping[str, Any]) -> Step:
    _known(f"{where}, step {index}", step, _STEP)
    uses, run = step.get("uses", ""), step.get("run", "")
    if step.get("shell", "bash") != "bash":
        raise Unsupported(f"{where}: only bash goes through the harness")
    check_uses(where, uses, step.get("with", {}))
    name = step.get("name") or uses.partition("@")[0] or run.strip().partition("\n")[0]
    may_fail = step.get("continue-on-error", False)
    if not isinstance(may_fail, bool):
        raise Unsupported(f"{where}: continue-on-error must be true or false")
    return Step(step.get("id", index), name, uses, str(step.get("if", "")), may_fail)


def _known(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(given) - known:
        raise Unsupported(f"{where}: {', '.join(sorted(map(str, unknown)))}")
