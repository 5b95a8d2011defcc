"""ci.yml: its shape alone. Its jobs are this project's own checks and tests, which `make check` and `make test` run."""

from pathlib import Path

from tests.e2e.board import Board
from tests.e2e.ends import same
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage
from tests.harness.workflow_file import read_workflow

_FILE = ".github/workflows/ci.yml"


def _shape(_board: Board) -> None:
    workflow = read_workflow(_FILE, (Path(__file__).parents[2] / _FILE).read_text())
    same("triggers", set(workflow.on) >= {"pull_request", "push"}, True)
    for job in workflow.jobs.values():
        same(f"permissions of {job.id}", set(job.permissions.values()) <= {"read"}, True)
        same(f"machine of {job.id}", job.runs_on, "ubuntu-latest")
        same(f"environment of {job.id}", job.environment, None)


SCENARIOS = (
    Scenario("ci/shape", "read only: triggers, permissions, machines", Stage.EMPTY, _shape),
)
