"""Compare what a canary scores now with its accepted results, and name the packages that differ.

Exit code 0: every task scores as accepted, within noise; 1: a task changed, has no score any more, or is measured on
other data now, or nothing could be compared. In a workflow it stands on the job's page too.
"""

import argparse
import sys
from pathlib import Path

from bot.commands.arguments import add_board
from schemas.errors import ExitCode


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
    add_board(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Say whether the scores are the accepted ones.

    Raises:
        CommandError: config, results or report cannot be read, or do not belong together.
    """
    from bot.conversation.subject import config_from
    from bot.job_page import write_page
    from bot.regression.files import regression
    from bot.regression.page import page

    config = config_from(arguments.config, "the config")
    found = regression(arguments.board, config, arguments.results)
    text = page(found)
    sys.stdout.write(text)
    write_page(text)
    return ExitCode.SUBMISSION if found.changed else ExitCode.OK
