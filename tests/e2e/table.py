"""All scenarios, in the order in which they run: those that make stages for others come first."""

from tests.e2e import accept, ci, commands, evaluate, publish, regression, report, validate, verify
from tests.e2e.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *evaluate.SCENARIOS,
    *validate.SCENARIOS,
    *commands.SCENARIOS,
    *report.SCENARIOS,
    *publish.SCENARIOS,
    *accept.SCENARIOS,
    *verify.SCENARIOS,
    *regression.SCENARIOS,
    *ci.SCENARIOS,
)
