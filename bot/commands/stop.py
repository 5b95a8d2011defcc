"""Stop the evaluations of a pull request that wait or run: all of them, or all but those of its newest commit.

Where a push replaced --except, the check of that push stops what must stop, and this does nothing; nor does it where
--closed is given and the pull request is open (again). In a workflow the output is `stopped`: how many. Running it
again changes nothing. GITHUB_TOKEN needs `actions: write` and `pull-requests: read`.
"""

import argparse
import sys

from bot.commands.arguments import add_repository
from schemas.errors import ExitCode


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--pull", type=int, required=True, metavar="N", help="pull request")
    parser.add_argument(
        "--except", dest="kept", metavar="SHA", help="the commit whose evaluations go on, in full"
    )
    parser.add_argument(
        "--closed", action="store_true", help="only if the pull request is not open now"
    )
    add_repository(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Stop them, and say which.

    Raises:
        UsageError: arguments have the wrong shape.
        CommandError: GitHub does not answer, or does not let us.
    """
    from bot.conversation.subject import pull_from, sha_from
    from bot.github_api.connection import connect
    from bot.github_api.pulls import pull_now
    from bot.github_api.runs import GithubRuns
    from bot.job_outputs import write_outputs
    from bot.service_settings import repository_from

    pull = pull_from(arguments.pull)
    kept = None if arguments.kept is None else sha_from(arguments.kept, "--except")
    connection, repository = connect(), repository_from(arguments.repository)
    now = pull_now(connection, repository, pull) if kept is not None or arguments.closed else None
    if now and kept is not None and now.head_sha != kept:
        return _nothing(f"a push replaced {kept[:7]}: its own check stops what must stop")
    if now and arguments.closed and now.state == "open":
        return _nothing("the pull request is open again: nothing is stopped")
    runs = GithubRuns(connection, repository)
    live = [run for run in runs.evaluations(pull, runs.opened(pull)) if run.is_live]
    stopped = [run for run in live if run.subject.sha != kept]
    for one in stopped:
        runs.cancel(one.id)
        about = f"{one.subject.config} at {one.subject.sha[:7]}"
        sys.stdout.write(f"stopped run {one.id}: {about}\n")
    write_outputs({"stopped": len(stopped)})
    if not stopped:
        sys.stdout.write("nothing to stop\n")
    return ExitCode.OK


def _nothing(why: str) -> ExitCode:
    from bot.job_outputs import write_outputs

    write_outputs({"stopped": 0})
    sys.stdout.write(f"{why}\n")
    return ExitCode.OK
