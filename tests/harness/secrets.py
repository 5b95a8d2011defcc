"""Which secrets a run gets: those of the repository, and of an environment only in jobs that name it."""

import re
from collections.abc import Mapping

from tests.harness.contexts import of_event
from tests.harness.expressions import value_of
from tests.harness.machines import Environment
from tests.harness.runs import Run
from tests.harness.unsupported import Unsupported
from tests.harness.workflow_file import Job

_NAMED = re.compile(r"\bsecrets\.([A-Za-z_]\w*)")
_ANY = re.compile(r"\bsecrets\b(?!\.[A-Za-z_])")


def secrets_of(
    run: Run, text: str, repository: Mapping[str, str], environments: Mapping[str, Environment]
) -> dict[str, str]:
    """Name → value of all that the run's jobs name; act has one value for all jobs, so they must agree.

    `text` is the whole file.

    Raises:
        Unsupported: two jobs would get different values, or one reads secrets it does not name.
    """
    found: dict[str, str] = {}
    in_jobs = 0
    for job in run.workflow.jobs.values():
        if "${{" in job.text and _ANY.search("".join(re.findall(r"\$\{\{.*?\}\}", job.text))):
            raise Unsupported(f"{run.file}: {job.id} uses all secrets at once")
        named = [name for name in _NAMED.findall(job.text) if name != "GITHUB_TOKEN"]
        in_jobs += len(named)
        allowed = _allowed(run, job, repository, environments)
        for name in named:
            value = allowed.get(name, "")
            if found.setdefault(name, value) != value:
                raise Unsupported(f"{run.file}: jobs have different values of secrets.{name}")
    everywhere = [x for x in _NAMED.findall(_uncommented(text)) if x != "GITHUB_TOKEN"]
    if len(everywhere) != in_jobs:
        raise Unsupported(f"{run.file}: secrets outside of jobs")
    return {name: value for name, value in found.items() if value}


def _allowed(
    run: Run, job: Job, repository: Mapping[str, str], environments: Mapping[str, Environment]
) -> dict[str, str]:
    if not run.event.trusted:
        return {}
    raw = job.environment.get("name") if isinstance(job.environment, Mapping) else job.environment
    name = value_of(raw, of_event("", run.event, run.event.inputs)) if raw else None
    environment = environments.get(name or "", Environment(branches=None))
    if not environment.admits(run.event.source.ref):
        return {}
    return {**repository, **environment.secrets}


def _uncommented(text: str) -> str:
    return "\n".join(line.partition(" #")[0] for line in text.splitlines() if line.lstrip()[:1] != "#")  # fmt: skip
