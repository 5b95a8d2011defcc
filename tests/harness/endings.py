"""What a run has come to once act has ended, and where act's end is not GitHub's."""

from tests.harness.contexts import of_job, result_of
from tests.harness.expressions import condition_holds
from tests.harness.runs import FATES, Run
from tests.harness.unsupported import Unsupported


def conclude(run: Run, repository: str) -> str:
    """The conclusion of a run.

    Raises:
        Unsupported: act ended where GitHub would have gone on.
    """
    assert run.process
    end_jobs(run)
    if run.cancelled:
        return "cancelled"
    found = {job.conclusion for job in run.jobs.values()}
    if run.process.returncode and not found & {"failure", "cancelled"} and not _gave_up(run):
        raise Unsupported(f"{run.file}: act ended with {run.process.returncode}:\n{run.log}")
    _refuse_forgotten(run, repository)
    return next((x for x in ("failure", "cancelled", "success") if x in found), "skipped")


def end_jobs(run: Run) -> None:
    """Conclude jobs of whose end act said nothing."""
    for job in run.jobs.values():
        if job.status != "completed":
            job.fate = job.fate or ("cancelled" if run.cancelled else None)
            job.status = "completed"
            job.conclusion = FATES[job.fate] if job.fate else "failure"


def lost_always(run: Run) -> list[str]:
    """Ids of jobs with `always()` that act did not begin once it was interrupted; GitHub does.

    Raises:
        Unsupported: one of them reads what jobs before it left.
    """
    begun = {job.id for job in run.jobs.values() if job.steps}
    lost = [
        x for x in run.workflow.jobs.values() if x.id not in begun and "always()" in x.condition
    ]
    for job in lost:
        if not job.needs or "needs." in str(job):
            raise Unsupported(f"{run.file}: {job.id} would run after the cancellation")
    return [job.id for job in lost]


def _gave_up(run: Run) -> bool:
    """act ends where a matrix comes from a job that failed, or was skipped, though no leg of it would run."""
    return any("matrix" in error for error in run.errors)


def _refuse_forgotten(run: Run, repository: str) -> None:
    """GitHub goes on with what may still run."""
    if not _gave_up(run):
        return
    begun = {job.id for job in run.jobs.values()}
    for name in run.workflow.jobs:
        if name not in begun and _would_run(run, name, repository):
            raise Unsupported(f"{run.file}: act stopped before {name}\n{run.log}")


def _would_run(run: Run, name: str, repository: str) -> bool:
    job = run.workflow.jobs[name]
    results = [result_of(run, need) for need in job.needs]
    functions = {
        "success": lambda: all(result == "success" for result in results),
        "failure": lambda: "failure" in results,
        "always": lambda: True,
        "cancelled": lambda: False,
    }
    return condition_holds(job.condition or "success()", of_job(repository, run, {}), functions)
