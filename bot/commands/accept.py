"""Accept the results of a merged pull request: what its evaluations left becomes results/… of the default branch.

Of each config that it brought, the bot's own comment says which run was shown, at which commit; that run is
collected once more, must still be what was shown, and goes in with one commit. Run again, it changes nothing. A
config that was merged without results is named, and that is no error. Exit code 3: what was shown cannot be had.
GITHUB_TOKEN needs `contents: write`, `actions: read` and `pull-requests: read`. In a workflow the outputs are
`accepted` and `publish` (JSON lists of run ids: all, and those that the settings want published now) and `changed`.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.commands.arguments import add_repository, add_settings
from bot.job_outputs import write_outputs
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown
from schemas.settings import Settings, read_settings

if TYPE_CHECKING:  # imported where it is needed, so that --help is instant
    from bot.acceptance.candidates import Candidate, Declined, MergedPull
    from bot.acceptance.change import Accepted
    from bot.github_api.connection import GithubConnection


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--pull", type=int, required=True, metavar="N", help="pull request")
    parser.add_argument(
        "--sha", metavar="SHA", help="its last commit, in full (default: what GitHub says)"
    )
    add_repository(parser)
    add_settings(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Accept what was evaluated, and say what came of it.

    Raises:
        UsageError: the pull request is not merged.
        CommandError: the results cannot be had, or GitHub does not let us.
    """
    from bot.acceptance.accept import Acceptance, accept
    from bot.acceptance.candidates import candidates
    from bot.conversation.subject import pull_from
    from bot.github_api.acceptance import GithubBoard, load_merged
    from bot.github_api.connection import connect
    from bot.service_settings import repository_from

    number, settings = pull_from(arguments.pull), read_settings(arguments.settings)
    repository, connection = repository_from(arguments.repository), connect()
    pull = load_merged(connection, repository, number, arguments.sha, settings.bot_login)
    found, declined = candidates(pull)
    accepted, trouble = _collected(connection, repository, pull, found)
    board = GithubBoard(connection, repository)
    changed = accept(board, Acceptance(pull.number, tuple(accepted)), connection.retrying)
    _tell(accepted, declined, settings, changed=changed)
    if trouble:
        raise trouble[0]
    return ExitCode.OK


def _collected(
    connection: "GithubConnection",
    repository: str,
    pull: "MergedPull",
    found: Sequence["Candidate"],
) -> tuple[list["Accepted"], list[CommandError]]:
    """The candidates' results, and why others cannot be had: one config keeps no other from being accepted."""
    from bot.acceptance.accept import CannotAccept, accepted_from
    from bot.artifacts.identity import NotAnEvaluation
    from bot.github_api.artifacts import CannotReadRun, Gathering, gather

    accepted: list[Accepted] = []
    trouble: list[CommandError] = []
    for candidate in found:
        try:
            how = Gathering(tasks_anew=False)
            gathered = gather(connection, repository, candidate.run, how=how)
            accepted.append(accepted_from(pull, candidate, gathered))
        except (CannotAccept, CannotReadRun, NotAnEvaluation) as error:
            trouble.append(error)
    return accepted, trouble


def _tell(
    accepted: Sequence["Accepted"],
    declined: Sequence["Declined"],
    settings: Settings,
    *,
    changed: bool,
) -> None:
    runs = [one.run for one in accepted]
    publish = runs if settings.publish_on == "merged" else []
    write_outputs({"accepted": runs, "publish": publish, "changed": changed})
    how = "accepted" if changed else "already part of the board"
    lines = [f"{one.config}: {how}, {len(one.files)} files of run {one.run}" for one in accepted]
    lines += [f"{one.config}: no results, {one.why}" for one in declined]
    sys.stdout.write("".join(f"{shown(line, 1000)}\n" for line in lines or ["no model config"]))
