"""mteb-bot: the one place that turns a command line into a command, and errors into exit codes."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from schemas.errors import CommandError, ExitCode

COMMANDS = {
    "check": "check model configs and custom task files, every problem at once",
    "compare": "render the comment from existing results folders",
    "preview": "check, evaluate and show all that the bot would say and publish",
}
_EXIT_CODES = (
    "exit codes: 0 fine, 1 the submission is at fault, 2 usage, 3 this machine is at fault, "
    "4 an outside service is"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="mteb-bot",
        description="From a model config to trusted, published mteb scores.",
        epilog=_EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        module = import_module(f"bot.commands.{name}")
        command = commands.add_parser(
            name, help=summary, description=module.__doc__, epilog=_EXIT_CODES
        )
        module.configure(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except CommandError as error:
        sys.stderr.write(f"mteb-bot {arguments.command}: {error}\n")
        return int(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away; nobody is left to tell
        return int(ExitCode.OK)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return int(ExitCode.INTERRUPTED)
