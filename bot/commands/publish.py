"""Propose measured results to a model's repository on the Hub, in one pull request that later runs bring up to date.

Main is only written to where the repository is empty and the config asks for a new one, for tuned weights; a pull
request that a person closed stays closed. The token in HF_TOKEN has to be allowed to take part in discussions and pull
requests; git has to be installed. With --collected, config and results are those of a run that `mteb-bot collect` took,
and the source is its pull request.

Weights that a config had trained go where `finetune.publish` says, if the board's settings (`publish.tuned_weights`)
allow it: into a repository that is created for them, or into the pull request. Then the token must write there.
"""

import argparse
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.commands.arguments import add_settings
from bot.markdown import may_be_linked
from bot.publication.outcome import Publication
from bot.tuned_weights.destination import destination
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import shown
from schemas.settings import read_settings
from schemas.submission import ModelConfig, load_model_config

if TYPE_CHECKING:
    from bot.publication.edition import Edition
    from bot.report import Report
    from bot.tuned_weights.destination import Destination

_ANOTHER = "give --outcome a file that can be written"


class CannotReadConfig(CommandError):
    """The model config is missing, or has problems."""

    exit_code = ExitCode.SUBMISSION


class NothingToPublish(CommandError):
    """The evaluation came to nothing that could be published."""

    exit_code = ExitCode.SUBMISSION


class CannotWriteOutcome(CommandError):
    """The outcome cannot be written to the file asked for."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "config", type=Path, nargs="?", metavar="CONFIG", help="model config (YAML)"
    )
    parser.add_argument("--results", type=Path, metavar="DIR", help="the runner's output folder")
    parser.add_argument(
        "--collected",
        type=Path,
        metavar="DIR",
        help="what `mteb-bot collect` left, instead of both",
    )
    parser.add_argument(
        "--source-url", default="", metavar="URL", help="the pull request on GitHub that asked"
    )
    add_settings(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--outcome", type=Path, metavar="FILE", help="write what became of it here")
    what.add_argument("--dry-run", action="store_true", help="only say what would be done")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Publish, and say where the results are.

    Raises:
        UsageError: no URL, or no token.
        CommandError: config, report or README cannot be used, or the Hub does not let it happen.
    """
    if arguments.collected:
        _take_collected(arguments)
    if not (arguments.config and arguments.results):
        raise UsageError("publish takes CONFIG and --results, or --collected", "give one of these")
    if arguments.source_url and not may_be_linked(arguments.source_url):
        raise UsageError("--source-url is no URL", "give the whole https:// address")
    if arguments.outcome:
        _clear(arguments.outcome)
    config = _config(arguments.config)
    report = _report(arguments, config)
    going, why_not = destination(config, read_settings(arguments.settings).tuned_weights)
    if not config.publish.model_card:
        why_not = "The config asks for no model card (`publish.model_card: false`)."
    if why_not:
        nothing = Publication(report.model, report.revision, None, "nothing-to-publish", (why_not,))
        _conclude(nothing, arguments.outcome)
    else:
        _propose(arguments, config, report, going)
    return ExitCode.OK


def _take_collected(arguments: argparse.Namespace) -> None:
    """Fill in what a collected run says of itself.

    Raises:
        UsageError: it is none, or more is given.
        NothingToPublish: there are no scores that mean something.
    """
    from bot.artifacts.collected import SUBMISSION, read
    from bot.service_settings import pull_address

    if arguments.config or arguments.results:
        raise UsageError("--collected brings its own config and results", "give one of these")
    collected = read(arguments.collected)
    if collected.state != "evaluated" or collected.smoke:
        raise NothingToPublish(
            f"run {collected.run} has no scores to publish: it is "
            f"{'a smoke run' if collected.smoke else collected.state}",
            "evaluate again, then publish that run",
        )
    arguments.config = arguments.collected / SUBMISSION / collected.config
    arguments.results = arguments.collected
    arguments.source_url = arguments.source_url or pull_address(collected.subject.pull)


def _propose(
    arguments: argparse.Namespace,
    config: ModelConfig,
    report: "Report",
    going: "Destination | None",
) -> None:
    from bot.hub_api.connection import connect
    from bot.hub_api.pull_requests import PullRequests
    from bot.publication.decide import decide
    from bot.publication.publish import publish
    from bot.publication.sentences import planned

    edition, hub = _edition(arguments, config, report, going), connect()
    if not hub.token:
        raise UsageError("HF_TOKEN is not set", "set it to a token of the bot's account on the Hub")
    with TemporaryDirectory(prefix="mteb-bot-") as folder:
        pulls = PullRequests(hub, config.model, Path(folder), going)
        if arguments.dry_run:
            _say(planned(decide(pulls.load(), edition).operations))
        else:
            _conclude(publish(pulls, edition, hub.retrying), arguments.outcome, hub.endpoint)


def _config(path: Path) -> ModelConfig:
    try:
        config, _, _ = load_model_config(path)
    except OSError as error:
        raise CannotReadConfig(f"{path}: {error.strerror}", "give the path of a config") from error
    if config is None:
        raise CannotReadConfig(f"{path} is no valid model config", f"run `mteb-bot check {path}`")
    return config


def _report(arguments: argparse.Namespace, config: ModelConfig) -> "Report":
    from bot.report import read_report
    from bot.report_identity import check_identity

    report = read_report(arguments.results / "report.json")
    check_identity(report, config)
    return report


def _edition(
    arguments: argparse.Namespace,
    config: ModelConfig,
    report: "Report",
    going: "Destination | None",
) -> "Edition":
    from bot.publication.edition import edition_of
    from bot.tuned_weights.folder import FOLDER, read_weights
    from schemas.mteb_index import mteb_index

    weights = read_weights(arguments.results / FOLDER, report) if going else {}
    codes = mteb_index().iso_639_1
    return edition_of(report, config.publish, codes, arguments.source_url, weights, going)


def _conclude(publication: Publication, outcome: Path | None, hub: str = "") -> None:
    from bot.publication.sentences import standing

    notes = (f"note: {note}" for note in publication.notes)
    _say([f"{publication.state}: {standing(publication, hub)}", *notes])
    if outcome is None:
        return
    try:
        outcome.write_bytes(publication.to_json())
    except OSError as error:
        raise CannotWriteOutcome(f"{outcome}: {error.strerror}", _ANOTHER) from error


def _clear(outcome: Path) -> None:
    """Remove an earlier outcome, which says nothing about this run, and try whether another can be written."""
    try:
        if os.path.lexists(outcome) and not stat.S_ISREG(outcome.lstat().st_mode):
            raise CannotWriteOutcome(f"{outcome} is no regular file", _ANOTHER)
        outcome.unlink(missing_ok=True)
        outcome.touch()
        outcome.unlink()
    except OSError as error:
        raise CannotWriteOutcome(f"{outcome}: {error.strerror}", _ANOTHER) from error


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{shown(line, 1000)}\n")
