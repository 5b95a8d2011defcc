"""The cheapest scenarios of `make e2e`, and what holds of its table."""

from pathlib import Path

import pytest

from tests.e2e.ends import same
from tests.e2e.running import run, run_named
from tests.e2e.scenario import Scenario
from tests.e2e.stages import Stage, Stages
from tests.e2e.table import SCENARIOS

WORKFLOWS = Path(__file__).parents[1] / ".github" / "workflows"


@pytest.mark.parametrize("name", ["ci/shape", "validate/elsewhere", "validate/no-config"])
def test_a_scenario_ends_as_it_must(name, tmp_path):
    assert run_named(name, tmp_path).words == ""


def test_every_workflow_has_scenarios_and_every_scenario_its_name():
    assert {x.workflow for x in SCENARIOS} == {path.stem for path in WORKFLOWS.glob("*.yml")}
    names = [x.name for x in SCENARIOS]
    assert len(names) == len(set(names))


def test_another_end_is_a_failure_that_shows_the_end(tmp_path):
    def tell(board):
        board.world.open_pull("ann", {"docs/notes.md": "Words."}, "Words")
        same("labels", board.pull.labels, ["nice"])

    result = run(Scenario("x/y", "labels", Stage.EMPTY, tell), Stages(tmp_path))
    assert result.words.startswith("labels\n  is      []\n  must be ['nice']\n\n#1 open []")
    assert [path.name for path in tmp_path.iterdir()] == ["installed"]
