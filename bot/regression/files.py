"""Read what a regression needs: canaries of the settings, their accepted results, a run's report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.check import CannotReadFile
from bot.model_results import ModelResults
from bot.plan_files import CannotPlanSubmission, valid_config
from bot.regression.judge import Regression, judged
from bot.regression.versions import accepted_versions
from bot.report import read_report
from bot.report_identity import check_identity
from bot.results_folder import CannotReadResults, read_results
from bot.results_repository.layout import SETTINGS, revision_folder
from bot.results_repository.run_settings import MAX_BYTES, Scope, Settings, parse_settings
from bot.task_facts import facts_in
from schemas.errors import UsageError
from schemas.mteb_index import mteb_index
from schemas.submission import ModelConfig


class SmokeRun(UsageError):
    """The report is of a run that proves only that the model loads."""


class TrainedFirst(UsageError):
    """A config that asks for training comes to other weights every time, so that its scores tell nothing of packages."""


@dataclass(frozen=True)
class Canary:
    """A config of the settings; `why_not` says why it cannot be one, empty where it can."""

    config: str
    why_not: str = ""


def canaries(board: Path, configs: Sequence[str]) -> tuple[Canary, ...]:
    """Which of `configs` are there, valid, and have accepted results below `board`."""
    return tuple(Canary(config, _why_not(board, config)) for config in configs)


def _why_not(board: Path, config: str) -> str:
    try:
        _accepted(board, valid_config(board, config))
    except (CannotReadFile, CannotPlanSubmission, CannotReadResults, TrainedFirst) as error:
        return error.message
    return ""


def regression(board: Path, config: str, results: Path) -> Regression:
    """What the report in `results` says against the accepted results below `board`.

    Raises:
        CommandError: config, results or report cannot be read, or do not belong together.
    """
    loaded = valid_config(board, config)
    accepted = _accepted(board, loaded)
    report = read_report(results / "report.json")
    check_identity(report, loaded)
    if report.smoke:
        raise SmokeRun("the report is of a smoke run", "evaluate again without --smoke")
    settings = _run_settings(_folder(board, loaded) / SETTINGS)
    measured = {outcome.task for outcome in report.outcomes}
    tasks = [scores for name, scores in accepted.tasks.items() if name in measured]
    return judged(report, accepted, accepted_versions(tasks, settings))


def _folder(board: Path, config: ModelConfig) -> Path:
    return board / revision_folder(config.model, config.revision)


def _accepted(board: Path, config: ModelConfig) -> ModelResults:
    if config.finetune:
        raise TrainedFirst(
            "it has `finetune`: training again gives other weights, and with them other scores",
            "name a canary whose weights are published",
        )
    return read_results(_folder(board, config), facts_in(mteb_index()))


def _run_settings(path: Path) -> dict[Scope, Settings]:
    try:
        with path.open("rb") as stream:
            return parse_settings(stream.read(MAX_BYTES))
    except FileNotFoundError:  # results that came from elsewhere may lack it
        return {}
