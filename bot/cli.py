"""mteb-bot: the one place that turns a command line into a command, and errors into exit codes."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from schemas.errors import CommandError, ExitCode
from schemas.problem import shown

COMMANDS = {
    "new": "write a model config from what the Hub knows about a model",
    "fetch": "bring a submission's files here from its pull request",
    "check": "check model configs and custom task files, every problem at once",
    "plan": "say what an evaluation comes to, and split it over machines",
    "preview": "check, evaluate and show all that the bot would say and publish",
    "compare": "render the comment from existing results folders",
    "respond": "do what a comment or a label on a pull request asks for",
    "authorize": "check that who started an evaluation may, and that nobody pushed since",
    "stop": "stop the evaluations of a pull request",
    "report": "say on a pull request how a submission stands",
    "collect": "bring what an evaluation left into one report, as data that nobody vouches for",
    "dispatch": "start a workflow for a run of evaluate.yml",
    "publish": "propose the results to the model's repository on the Hub, in one pull request",
    "accept": "make the results of a merged pull request part of the board",
    "submit": "submit results to a results repository on GitHub, in one pull request",
    "verify": "prove that a model's results are public, or say what is missing",
    "canaries": "list the accepted submissions that are evaluated again",
    "regression": "say whether a canary still scores as accepted",
}
_EXIT_CODES = (
    "exit codes: 0 fine, 1 the submission is at fault, 2 usage, 3 this machine is at fault, "
    "4 an outside service is"
)
_LONGEST = 4000  # characters of one message


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        _prepare_output()
        words = sys.argv[1:] if argv is None else list(argv)
        arguments = _parser(words[:1]).parse_args(words)
        code = int(arguments.command_run(arguments))
        sys.stdout.flush()
    except CommandError as error:
        return _refused(error.message, error.fix, error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away; what is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.OK)
    except OSError as error:
        return _refused(
            f"{error.strerror or error}",
            "free the disk, or choose another output",
            ExitCode.INFRASTRUCTURE,
        )
    except KeyboardInterrupt:
        return _refused("interrupted", "", ExitCode.INTERRUPTED)
    return code


def _parser(asked: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, in which only the command that is asked for knows its arguments: imports take time."""
    parser = argparse.ArgumentParser(
        prog="mteb-bot",
        description="From a model config to trusted, published mteb scores.",
        epilog=_EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, epilog=_EXIT_CODES)
        if name in asked:
            module = import_module(f"bot.commands.{name}")
            command.description = module.__doc__
            module.configure(command)
            command.set_defaults(command_run=module.run)
    return parser


def _prepare_output() -> None:
    """Whatever the terminal cannot show is escaped; a closed stdout or stderr swallows what is said."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the process's life
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _refused(message: str, fix: str, code: ExitCode) -> int:
    """Say why on stderr. A message may name what came from outside: nothing in it may act, in a log or a terminal."""
    lines = [
        f"mteb-bot: {shown(message, _LONGEST)}",
        *([f"  fix: {shown(fix, _LONGEST)}"] if fix else []),
    ]
    sys.stderr.write("\n".join(lines) + "\n")
    return int(code)
