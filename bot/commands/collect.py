"""Collect what an evaluation left into one folder, as a runner's output folder is: whoever wrote it is not trusted.

Pull request, commit and config are read from GitHub's own word on run ID, the config from the pull request's
commit; artifacts are held against them. DIR then has collected.json, report.json, results/ and submission/. What
cannot be used is told in the report, and the command still exits 0: that an evaluation failed is news. GITHUB_TOKEN
needs `actions: read` and `contents: read`. With --plan and --artifacts a run outside of GitHub is collected. With
--weights a tuned model comes too, into model/, where config and board want it published.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import add_repository, add_settings, run_id
from bot.job_outputs import Value, write_outputs
from schemas.errors import ExitCode, UsageError
from schemas.problem import shown
from schemas.settings import Settings, read_settings

if TYPE_CHECKING:  # imported where it is needed, so that --help is instant
    from bot.artifacts.collected import Collected
    from bot.artifacts.gathering import Gathered


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=int, metavar="ID", help="a run of evaluate.yml")
    what.add_argument(
        "--plan", type=Path, metavar="FILE", help="the plan of a run outside of GitHub"
    )
    parser.add_argument(
        "--artifacts", type=Path, metavar="DIR", help="with --plan: folder of results-N.zip"
    )
    parser.add_argument(
        "--root",
        type=Path,
        metavar="DIR",
        help="the submission's files (default: they are fetched)",
    )
    parser.add_argument(
        "--wait", type=int, default=0, metavar="SECONDS", help="for a run to end (default: not)"
    )
    parser.add_argument(
        "--weights",
        action="store_true",
        help="bring a tuned model too, if the settings let it be published",
    )
    add_repository(parser)
    add_settings(parser)
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where all of it goes"
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Collect, write, and say what came of it.

    Raises:
        UsageError: arguments that do not belong together.
        CommandError: it cannot be told how the run ended.
    """
    from bot.artifacts.collected import write

    settings = read_settings(arguments.settings)
    weights = arguments.weights and settings.tuned_weights != "never"
    gather = _outside if arguments.run is None else _on_github
    gathered = gather(arguments, weights=weights)
    write(gathered.collected, gathered.files, arguments.output, gathered.model)
    _tell(gathered, publishes=_publishes(arguments, gathered.collected, settings))
    return ExitCode.OK


def _on_github(arguments: argparse.Namespace, *, weights: bool) -> "Gathered":
    from bot.github_api.artifacts import Gathering, gather
    from bot.github_api.connection import connect
    from bot.service_settings import repository_from

    if arguments.artifacts:
        raise UsageError("--artifacts is for --plan", "leave it out")
    repository, run = repository_from(arguments.repository), run_id(arguments.run)
    how = Gathering(patience=arguments.wait, weights=weights)
    return gather(connect(), repository, run, arguments.root, how)


def _outside(arguments: argparse.Namespace, *, weights: bool) -> "Gathered":
    from bot.artifacts.gathering import gather_local

    if not arguments.artifacts or not arguments.root:
        raise UsageError("--plan needs --artifacts and --root", "give all three")
    return gather_local(arguments.plan, arguments.artifacts, arguments.root, weights=weights)


def _publishes(arguments: argparse.Namespace, one: "Collected", settings: Settings) -> bool:
    """Whether the results go to the Hub now; those of a commit that was pushed over, or turned down, do not."""
    if settings.publish_on != "evaluated" or one.state != "evaluated" or one.smoke:
        return False
    if arguments.run is None or one.pull is None:
        return True
    from bot.github_api.connection import connect
    from bot.github_api.pulls import pull_now
    from bot.service_settings import repository_from

    pull = pull_now(connect(), repository_from(arguments.repository), one.pull)
    return pull.head_sha == one.sha and pull.state != "closed"


def _tell(gathered: "Gathered", *, publishes: bool) -> None:
    one = gathered.collected
    outputs: dict[str, Value] = {
        "state": one.state,
        "config": one.config,
        "model": one.model,
        "smoke": one.smoke,
        "publish-on-evaluated": publishes,
    }
    if one.pull is not None and one.sha is not None:
        outputs |= {"pull": one.pull, "sha": one.sha}
    write_outputs(outputs)
    whose = f" of #{one.pull} at {(one.sha or '')[:7]}" if one.pull is not None else ""
    lines = [f"{one.state}: {one.config}{whose}{', a smoke run' if one.smoke else ''}"]
    lines += gathered.notes
    sys.stdout.write("".join(f"{shown(line, 2000)}\n" for line in lines))
