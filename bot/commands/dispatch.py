"""Start a workflow for a run of evaluate.yml: `publish.yml`, or `report.yml` once more.

Starting one twice does no harm: both bring about a state, and find it the second time. GITHUB_TOKEN needs
`actions: write`.
"""

import argparse
import sys

from schemas.errors import ExitCode, UsageError

_WORKFLOWS = ("publish.yml", "report.yml")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("workflow", choices=_WORKFLOWS, metavar="WORKFLOW", help="which one")
    parser.add_argument("--run", type=int, required=True, metavar="ID", help="the evaluation's run")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="default: $GITHUB_REPOSITORY")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Start it.

    Raises:
        UsageError: that is no run, or no repository.
        CommandError: GitHub does not let us.
    """
    from bot.conversation.marker import LARGEST_RUN
    from bot.github_api.connection import connect
    from bot.github_api.runs import GithubRuns
    from bot.service_settings import repository_from

    if not 0 < arguments.run <= LARGEST_RUN:
        raise UsageError(f"--run is {arguments.run}", "give the id of a workflow run")
    runs = GithubRuns(connect(), repository_from(arguments.repository))
    runs.dispatch(arguments.workflow, {"run": str(arguments.run)})
    sys.stdout.write(f"started {arguments.workflow} for run {arguments.run}\n")
    return ExitCode.OK
