"""Plan an evaluation: which tasks, how long they may take, which machine takes which. Writes plan.json.

CONFIG is the path in the repository, models/<org>/<name>.yaml, below --root. --request narrows it: `--smoke`, names
of tasks, or both. Without --pull and --sha nobody submitted it, as in a regression run. With --hub the Hub is asked for
the model's size; without, the estimate assumes one and says so. In a workflow the outputs are `shards` (JSON list of
numbers), `minutes` (time limit of a job), `request-digest` and `weights` (whether a model that it trains may leave the
machine).
"""

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import add_settings
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import shown
from schemas.settings import read_settings

if TYPE_CHECKING:  # what is needed to plan is imported then, so that --help is instant
    from bot.planning.plan import Submission
    from schemas.plan import Plan
    from schemas.settings import QuoteSettings, Settings

_MINUTE = 60
_SET_UP = 60  # minutes of a job beside the two sandboxes: packages, upload
_SANDBOXES = 2  # one brings, one measures; each ends itself at the limit of the settings
_LONGEST_JOB = 7200  # minutes; GitHub stops a job of a self-hosted runner after five days


class CannotWritePlan(CommandError):
    """The plan cannot be written to the file asked for."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", metavar="CONFIG", help="models/<org>/<name>.yaml, below --root")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help="where the plan goes"
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the submitted files (default: .)"
    )
    parser.add_argument(
        "--request", default="", metavar="TEXT", help='"--smoke", "TASK TASK", or both'
    )
    parser.add_argument("--pull", type=int, metavar="N", help="pull request")
    parser.add_argument("--sha", metavar="SHA", help="its commit, in full")
    add_settings(parser)
    parser.add_argument(
        "--one-shard", action="store_true", help="do not split it, whatever the settings say"
    )
    parser.add_argument("--hub", action="store_true", help="ask the Hub for the model's size")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the plan, and say what it comes to.

    Raises:
        UsageError: arguments have the wrong shape, or name a task that the config does not ask for.
        CannotPlanSubmission: the config is not valid.
        BrokenSettings: the settings are not.
        HubRefused, ServiceAtFault: the Hub cannot be asked.
    """
    from bot.plan_files import planned
    from bot.planning.request import parse_request
    from bot.tuned_weights.destination import destination

    settings, request = _settings(arguments), parse_request(arguments.request)
    submission = _submission(arguments)
    parameters = _parameters(submission) if arguments.hub else None
    plan = planned(submission, request, settings, parameters)
    _write(plan, arguments.output)
    sys.stdout.write(_told(plan, settings.quote))
    going, _ = destination(submission.config, settings.tuned_weights)
    _hand_on(plan, weights=going is not None)
    return ExitCode.OK


def _settings(arguments: argparse.Namespace) -> "Settings":
    settings = read_settings(arguments.settings)
    if arguments.one_shard:
        return replace(settings, limits=replace(settings.limits, shards=1))
    return settings


def _submission(arguments: argparse.Namespace) -> "Submission":
    from bot.conversation.subject import config_from, pull_from, sha_from
    from bot.plan_files import valid_config
    from bot.planning.plan import Submission

    pull, sha = arguments.pull, arguments.sha
    if (pull is None) != (sha is None):
        raise UsageError("--pull and --sha belong together", "give both or none")
    if pull is not None:
        pull, sha = pull_from(pull), sha_from(sha)
    path = config_from(arguments.config, "the config")
    return Submission(valid_config(arguments.root, path), path, pull, sha)


def _parameters(submission: "Submission") -> int | None:
    from bot.hub_api.connection import connect
    from bot.hub_api.model_size import load_parameters

    return load_parameters(connect(), submission.config.weights, submission.config.revision)


def _write(plan: "Plan", output: Path) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(plan.to_json())
    except OSError as error:
        raise CannotWritePlan(f"{shown(str(output), 300)}: {error.strerror}") from error


def _told(plan: "Plan", prices: "QuoteSettings") -> str:
    from bot.planning.sentences import time_and_cost
    from bot.quote import quote_of
    from bot.sentences import counted
    from schemas.mteb_index import mteb_index

    quote = quote_of(plan, mteb_index(), prices)
    subsets = f" ({counted(quote.subsets, 'subset')})" if quote.subsets != quote.tasks else ""
    what = f"{plan.model}: {counted(quote.tasks, 'task')}{subsets}"
    return f"{what}{', cut down' if plan.smoke else ''}. {time_and_cost(quote)}\n"


def _hand_on(plan: "Plan", *, weights: bool) -> None:
    from bot.job_outputs import write_outputs
    from schemas.plan import request_digest

    # GitHub does not say of a job at its time limit that it was, but that it was cancelled: no sandbox may meet that.
    minutes = math.ceil(_SANDBOXES * plan.limits.seconds / _MINUTE) + _SET_UP
    write_outputs(
        {
            "shards": [shard.number for shard in plan.shards],
            "minutes": min(minutes, _LONGEST_JOB),
            "request-digest": request_digest(plan.request),
            "weights": weights,
        }
    )
