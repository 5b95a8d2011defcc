"""List the canaries: accepted submissions of the settings that are evaluated again when packages change.

One counts if its config stands in the board and is valid, and results of exactly its revision are accepted there. In
a workflow the output `canaries` lists them (JSON); of the others it is said why they do not count.
"""

import argparse
import sys

from bot.commands.arguments import add_board, add_settings
from schemas.errors import ExitCode
from schemas.problem import shown
from schemas.settings import read_settings

_LONGEST = 400


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_settings(parser)
    add_board(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Say which canaries there are.

    Raises:
        BrokenSettings: the settings are not valid.
    """
    from bot.job_outputs import write_outputs
    from bot.regression.files import canaries

    found = canaries(arguments.board, read_settings(arguments.settings).canaries)
    write_outputs({"canaries": [canary.config for canary in found if not canary.why_not]})
    for canary in found:
        why_not = f": not counted, {shown(canary.why_not, _LONGEST)}" if canary.why_not else ""
        sys.stdout.write(f"{canary.config}{why_not}\n")
    if not found:
        sys.stdout.write(f"no canaries: name some in `canaries` of {arguments.settings}\n")
    return ExitCode.OK
