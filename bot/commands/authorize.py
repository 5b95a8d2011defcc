"""Check, when an evaluation starts, that what it is about to run was asked for by somebody who may.

The pull request must be open, SHA its head, and REV the model's revision in the config there. Who asked is the
author of the comment that --approval names, which must be an unedited /evaluate or /retry on this pull request, or
who set the label (label:LOGIN), or else --actor; they need write permission now. Ends with 1 where the run must not
go on, and says why. In a workflow the outputs are `approved-by` and `smoke`. GITHUB_TOKEN needs `pull-requests: read`
and `contents: read`.
"""

import argparse
import os
import sys

from bot.commands.arguments import add_repository
from schemas.errors import ExitCode


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--pull", type=int, required=True, metavar="N", help="pull request")
    parser.add_argument("--sha", required=True, metavar="SHA", help="its head, in full")
    parser.add_argument(
        "--config", required=True, metavar="PATH", help="models/<org>/<name>.yaml, in that commit"
    )
    parser.add_argument(
        "--revision", required=True, metavar="REV", help="the model's commit, in full"
    )
    parser.add_argument(
        "--request", default="", metavar="TEXT", help='"--smoke", "TASK TASK", or both'
    )
    parser.add_argument(
        "--digest", metavar="HEX", help="of the request, as the title of the run has it"
    )
    parser.add_argument(
        "--approval", default="", metavar="ID", help="the comment that asked, or label:LOGIN"
    )
    parser.add_argument(
        "--actor",
        default=os.environ.get("GITHUB_TRIGGERING_ACTOR", ""),
        metavar="LOGIN",
        help="who started the run (default: $GITHUB_TRIGGERING_ACTOR)",
    )
    add_repository(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Let the run pass, or say why not.

    Raises:
        EvaluationNotAuthorized: it must not go on.
        CommandError: arguments have the wrong shape, or GitHub does not answer.
    """
    from bot.commanding.authorization import check, check_digest, started_with
    from bot.conversation.subject import subject_from
    from bot.github_api.authorization import authorization_facts
    from bot.github_api.connection import connect
    from bot.job_outputs import write_outputs
    from bot.service_settings import repository_from

    subject = subject_from(arguments.pull, arguments.sha, arguments.config)
    words = (arguments.revision, arguments.request, arguments.approval, arguments.actor)
    started, repository = started_with(subject, *words), repository_from(arguments.repository)
    if arguments.digest is not None:
        check_digest(started.request, arguments.digest)
    facts = authorization_facts(connect(), repository, started)
    check(started, facts)
    write_outputs({"approved-by": facts.who, "smoke": started.request.startswith("--smoke")})
    sys.stdout.write(f"{subject.config} at {subject.sha[:7]}: asked for by {facts.who}\n")
    return ExitCode.OK
