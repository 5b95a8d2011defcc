"""Arguments that mean the same in several commands, and what must be true of their values."""

import argparse
from pathlib import Path

from bot.conversation.marker import LARGEST_RUN
from schemas.errors import UsageError
from schemas.settings import SETTINGS_FILE


def add_repository(parser: argparse.ArgumentParser) -> None:
    """`--repository`, for `repository_from`."""
    parser.add_argument("--repository", metavar="OWNER/NAME", help="default: $GITHUB_REPOSITORY")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """`--settings`, for `read_settings`."""
    parser.add_argument(
        "--settings",
        type=Path,
        default=SETTINGS_FILE,
        metavar="FILE",
        help="the maintainers' settings (default: %(default)s; defaults where it is missing)",
    )


def add_board(parser: argparse.ArgumentParser) -> None:
    """`--board`: a checkout."""
    parser.add_argument(
        "--board",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where models/ and results/ are (default: .)",
    )


def run_id(number: int) -> int:
    """`--run`, if it can be the id of a workflow run.

    Raises:
        UsageError: it cannot.
    """
    if not 0 < number <= LARGEST_RUN:
        raise UsageError(f"--run is {number}", "give the id of a workflow run")
    return number
