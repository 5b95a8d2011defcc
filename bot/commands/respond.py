"""Do what a comment or the label `evaluate` asks for, or say shortly why not: docs/commands.md has the commands.

Reads the event from the file that GITHUB_EVENT_PATH names; GITHUB_EVENT_NAME is issue_comment or
pull_request_target. Of a comment only its number is taken from there. Running it again for the same event
changes nothing. GITHUB_TOKEN needs `actions: write`, `pull-requests: write`, `checks: write`, `contents: read`,
and `issues: write` as long as the repository lacks one of the labels (docs/states.md).
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import add_repository, add_settings
from schemas.errors import ExitCode
from schemas.problem import shown

if TYPE_CHECKING:  # what is needed to answer is imported then, so that --help is instant
    from bot.commanding.event import CommentEvent, LabelEvent
    from bot.github_api.asked import Asked
    from bot.github_api.commands import Board
    from bot.github_api.connection import GithubConnection


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--list-commands", action="store_true", help="print docs/commands.md, and do nothing else"
    )
    add_repository(parser)
    add_settings(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Follow the command of an event, if there is one, and say what was done.

    Raises:
        UsageError: the environment describes no event.
        CommandError: GitHub does not answer, or does not let us.
    """
    from bot.commanding.page import commands_page
    from bot.commanding.respond import respond
    from bot.github_api.commands import GithubCommands
    from bot.github_api.connection import connect

    if arguments.list_commands:
        sys.stdout.write(commands_page())
        return ExitCode.OK
    board, event = _board(arguments), _event()
    connection = connect()
    asked = _asked(connection, board, event) if event else None
    if asked is None:
        sys.stdout.write("nothing was asked for\n")
        return ExitCode.OK
    done = respond(GithubCommands(connection, board, asked), asked.command, connection.retrying)
    sys.stdout.write("".join(f"{line}\n" for line in done or ["nothing is left to do"]))
    return ExitCode.OK


def _board(arguments: argparse.Namespace) -> "Board":
    from bot.github_api.commands import Board
    from bot.service_settings import PUBLIC_HUB, address_from, repository_from
    from schemas.settings import read_settings

    settings = read_settings(arguments.settings)
    hub = address_from("HF_ENDPOINT", PUBLIC_HUB)
    repository = repository_from(arguments.repository)
    return Board(repository, settings.bot_login, hub, settings.publish_on)


def _event() -> "CommentEvent | LabelEvent | None":
    from bot.commanding.event import MAX_BYTES, CannotReadEvent, event_from
    from schemas.strict_json import parse_strict_json

    path = os.environ.get("GITHUB_EVENT_PATH", "")
    try:
        with Path(path).open("rb") as stream:
            data = parse_strict_json(stream.read(MAX_BYTES))  # what is longer breaks off there
    except (OSError, ValueError) as error:
        raise CannotReadEvent(
            f"GITHUB_EVENT_PATH is {shown(path, 200)}: no JSON can be read there",
            "run this in a workflow, which sets it",
        ) from error
    return event_from(os.environ.get("GITHUB_EVENT_NAME", ""), data)


def _asked(
    connection: "GithubConnection", board: "Board", event: "CommentEvent | LabelEvent"
) -> "Asked | None":
    from bot.commanding.event import CommentEvent
    from bot.github_api.asked import asked_by_label, asked_in_comment

    if isinstance(event, CommentEvent):
        return asked_in_comment(connection, board.repository, board.login, event)
    return asked_by_label(event)
