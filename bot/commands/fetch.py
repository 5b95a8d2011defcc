"""Bring a submission's files here as data: model configs, the custom tasks they name, and the data of those.

They are read through GitHub's API at exactly --sha; nothing is checked out and no link is followed. Without
--config these are the configs that the pull request adds or changes, and --sha must be its head (exit code 1
where a push replaced it, or where a YAML file lies about where configs lie, and none is one). GITHUB_TOKEN needs `contents: read` and `pull-requests: read`. In a workflow the
output `configs` lists the configs (JSON).
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import add_repository
from bot.job_outputs import write_outputs
from schemas.errors import ExitCode
from schemas.problem import shown

if TYPE_CHECKING:  # imported where it is needed, so that --help is instant
    from bot.submitted_files.fetch import Submission

_MOST_TOLD = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--pull", type=int, required=True, metavar="N", help="pull request")
    parser.add_argument("--sha", required=True, metavar="SHA", help="its commit, in full")
    parser.add_argument(
        "--config", metavar="PATH", help="this config alone: models/<org>/<name>.yaml"
    )
    add_repository(parser)
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="a folder that is not there yet"
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Fetch, write, and say which configs there are.

    Raises:
        UsageError: arguments have the wrong shape.
        CommandError: the files are not to be read, or GitHub does not let us.
    """
    from bot.conversation.subject import config_from, pull_from, sha_from
    from bot.github_api.connection import connect
    from bot.github_api.submission import fetch_changed, fetch_config
    from bot.service_settings import repository_from
    from bot.submitted_files.errors import NoModelConfig
    from bot.submitted_files.fetch import write
    from bot.submitted_files.paths import is_misplaced

    pull, sha = pull_from(arguments.pull), sha_from(arguments.sha)
    repository, connection = repository_from(arguments.repository), connect()
    submission = (
        fetch_config(connection, repository, sha, config_from(arguments.config))
        if arguments.config
        else fetch_changed(connection, repository, pull, sha)
    )
    write(submission, arguments.output)
    _tell(submission)
    misplaced = next(filter(is_misplaced, submission.passed_over), None)
    if misplaced and not submission.configs:
        raise NoModelConfig(
            f"{shown(misplaced, 300)} is no model config by its place",
            "call it models/<org>/<name>.yaml, as the model is called on the Hub",
        )
    return ExitCode.OK


def _tell(submission: "Submission") -> None:
    configs, others = submission.configs, submission.passed_over
    write_outputs({"configs": list(configs)})
    lines = [f"{len(configs)} model configs, {len(submission.files)} files in all"]
    lines += [f"  {config}" for config in configs]
    if others:
        lines.append(
            "passed over, as no config is called so (models/<org>/<name>.yaml) or names it:"
        )
        lines += [f"  {shown(path, 300)}" for path in others[:_MOST_TOLD]]
    if len(others) > _MOST_TOLD:
        lines.append(f"  … and {len(others) - _MOST_TOLD} more")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
