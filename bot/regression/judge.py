"""What became of a canary's scores: the same, or changed beyond noise.

The rule is a first simple one: a task changed where its difference is beyond the threshold that every comparison of the
bot uses (bot/difference.py), where it has no score any more, or where its data are others now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.compare import compare
from bot.comparison import Standing
from bot.difference import Change, Difference
from bot.model_results import ModelResults, results_of_report
from bot.regression.versions import Differing, Versions, differing
from bot.report import Report


class Finding(Enum):
    """What became of one task."""

    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    NO_SCORE = "no score now"
    OTHER_DATA = "other data now"
    NOT_ACCEPTED = "not among the accepted results"

    @property
    def is_change(self) -> bool:
        """Whether somebody must look at it."""
        return self not in {Finding.SAME, Finding.NOT_ACCEPTED}


_FINDINGS: Mapping[Change, Finding] = {
    Change.SAME: Finding.SAME,
    Change.BETTER: Finding.BETTER,
    Change.WORSE: Finding.WORSE,
}


@dataclass(frozen=True)
class JudgedTask:
    """One task of a run. `difference` is None where the two scores cannot be compared; `why` tells of a failure."""

    task: str
    finding: Finding
    difference: Difference | None = None
    why: str = ""


@dataclass(frozen=True)
class Regression:
    """A canary today against its accepted results. `why` says why the whole run has no result, if so."""

    model: str
    revision: str
    tasks: tuple[JudgedTask, ...]
    packages: tuple[Differing, ...]
    known_packages: bool
    why: str = ""

    @property
    def changed(self) -> bool:
        """Whether one task changed, or nothing could be compared at all."""
        compared = any(task.difference for task in self.tasks)
        return not compared or any(task.finding.is_change for task in self.tasks)


def judged(report: Report, accepted: ModelResults, versions: Versions) -> Regression:
    """What a run's report says against accepted results of the same model and revision."""
    results = results_of_report(report)
    rows = {row.task: row.against[0] for row in compare(results, [accepted]).rows}
    tasks = []
    for outcome in report.outcomes:
        against = rows.get(outcome.task)
        if outcome.task not in accepted.tasks:
            finding, difference = Finding.NOT_ACCEPTED, None
        elif outcome.task not in results.tasks or against is None:
            finding, difference = Finding.NO_SCORE, None
        elif against.standing is Standing.COMPARED and against.difference:
            difference = against.difference
            finding = _FINDINGS[difference.change]
        else:
            finding, difference = Finding.OTHER_DATA, None
        why = outcome.failure.message if outcome.failure else ""
        tasks.append(JudgedTask(outcome.task, finding, difference, why))
    return Regression(
        model=report.model,
        revision=report.revision,
        tasks=tuple(tasks),
        packages=differing(versions, report.provenance["packages"]),
        known_packages=bool(versions.of),
        why=report.failure.message if report.failure else "",
    )
