"""Whether a report is about a config: what was measured comes from the config, never from the report alone."""

from bot.finetuned.agreement import disagreement
from bot.report import Report
from schemas.errors import CommandError
from schemas.submission import ModelConfig

_FIX = "run again; if it stays so, choose another `--output` folder"


class ReportOfAnotherConfig(CommandError):
    """The report is of another model, another revision of it, or another version of the config."""


def check_identity(report: Report, config: ModelConfig) -> None:
    """Refuse a report that is not of this very config.

    Raises:
        ReportOfAnotherConfig: it is of another model, revision or version of the config, or of another training.
    """
    measured = (report.model, report.revision, report.provenance["config_sha256"])
    if measured != (config.model, expected_revision(report, config), config.sha256):
        raise ReportOfAnotherConfig(
            "the report is of another model, revision or version of the config", _FIX
        )
    if why := disagreement(report, config):
        raise ReportOfAnotherConfig(f"the report is not of what this config asks for: {why}", _FIX)


def expected_revision(report: Report, config: ModelConfig) -> str:
    """The revision that the report must be of: the config's, or that of the weights that were trained for it."""
    return report.finetuned.revision if config.finetune and report.finetuned else config.revision
