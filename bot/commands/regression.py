"""Compare what a canary scores now with its accepted results, and name the packages that differ.

Exit code 0: every task scores as accepted, within noise; 1: a task changed, has no score any more, or is measured on
other data now, or nothing could be compared. In a workflow it stands on the job's page too.
"""

import argparse
import sys
from pathlib import Path

from schemas.errors import ExitCode, UsageError
from schemas.problem import shown


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", metavar="CONFIG", help="models/<org>/<name>.yaml, below --board")
    parser.add_argument(
        "--results",
        type=Path,
        required=True,
        metavar="DIR",
        help="the output folder of `mteb-runner evaluate`",
    )
    parser.add_argument(
        "--board",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where models/ and results/ are (default: .)",
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Say whether the scores are the accepted ones.

    Raises:
        CommandError: config, results or report cannot be read, or do not belong together.
    """
    from bot.conversation.subject import is_config_path
    from bot.job_page import write_page
    from bot.regression.files import regression
    from bot.regression.page import page

    if not is_config_path(arguments.config):
        raise UsageError(
            f"the config is {shown(arguments.config, 200)}",
            "give its path in the board, models/<org>/<name>.yaml, and the board with --board",
        )
    found = regression(arguments.board, arguments.config, arguments.results)
    text = page(found)
    sys.stdout.write(text)
    write_page(text)
    return ExitCode.SUBMISSION if found.changed else ExitCode.OK
