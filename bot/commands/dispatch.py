"""Start a workflow for a run of evaluate.yml: `publish.yml`, or `report.yml` once more.

Starting one twice does no harm: both bring about a state, and find it the second time. GITHUB_TOKEN needs
`actions: write`.
"""

import argparse
import sys

from bot.commands.arguments import add_repository, run_id
from schemas.errors import ExitCode

_WORKFLOWS = ("publish.yml", "report.yml")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("workflow", choices=_WORKFLOWS, metavar="WORKFLOW", help="which one")
    parser.add_argument("--run", type=int, required=True, metavar="ID", help="the evaluation's run")
    add_repository(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Start it.

    Raises:
        UsageError: that is no run, or no repository.
        CommandError: GitHub does not let us.
    """
    from bot.github_api.connection import connect
    from bot.github_api.runs import GithubRuns
    from bot.service_settings import repository_from

    evaluation = run_id(arguments.run)
    runs = GithubRuns(connect(), repository_from(arguments.repository))
    runs.dispatch(arguments.workflow, {"run": str(evaluation)})
    sys.stdout.write(f"started {arguments.workflow} for run {evaluation}\n")
    return ExitCode.OK
