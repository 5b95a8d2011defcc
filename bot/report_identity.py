"""Whether a report is about a config: what was measured comes from the config, never from the report alone."""

from bot.report import Report
from schemas.errors import CommandError
from schemas.submission import ModelConfig


class ReportOfAnotherConfig(CommandError):
    """The report is of another model, another revision of it, or another version of the config."""


def check_identity(report: Report, config: ModelConfig) -> None:
    """Refuse a report that is not of this very config.

    Raises:
        ReportOfAnotherConfig: it is of another model, revision or version of the config.
    """
    measured = (report.model, report.revision, report.provenance["config_sha256"])
    if measured != (config.model, config.revision, config.sha256):
        raise ReportOfAnotherConfig(
            "the report is of another model, revision or version of the config",
            "run again; if it stays so, choose another `--output` folder",
        )
