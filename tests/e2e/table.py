"""All scenarios, in the order in which they run: those that make stages for others come first."""

from tests.e2e import (
    accept,
    ci,
    commands,
    evaluate,
    finetune,
    label,
    publish,
    regression,
    report,
    retry,
    stopped,
    validate,
    verify,
)
from tests.e2e.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *evaluate.SCENARIOS,
    *finetune.SCENARIOS,
    *stopped.SCENARIOS,
    *validate.SCENARIOS,
    *commands.SCENARIOS,
    *label.SCENARIOS,
    *retry.SCENARIOS,
    *report.SCENARIOS,
    *publish.SCENARIOS,
    *accept.SCENARIOS,
    *verify.SCENARIOS,
    *regression.SCENARIOS,
    *ci.SCENARIOS,
)
