"""Prove that a model's results are public, row by row: ok, not ok, or too early, with the fix.

The model's main branch on the Hub is read, never written. Too early is what only time or the model's owner
can change: a pull request of the bot that waits, leaderboards not rebuilt yet. Exit code 0: no row is `not ok`
(with --strict: every row is ok); 1: a row is; 4: the Hub or GitHub cannot be reached, so nothing is proved.
With --recent this is done for every model whose results came into the board's results/ in the last so many days;
those that config and settings do not mean for the public are named, and not judged.
"""

import argparse
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.preflight.facts import Access
from bot.verification.evidence import Evidence
from bot.verification.facts import Listing, Published
from schemas.errors import ExitCode, UsageError
from schemas.settings import read_settings

if TYPE_CHECKING:
    from bot.verification.recent import Accepted

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_SHA = re.compile("[0-9a-f]{40}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "model", type=_id, nargs="?", metavar="ORG/MODEL", help="Hub id of the model"
    )
    parser.add_argument("--recent", metavar="DAYS", help="all models accepted in so many days")
    parser.add_argument(
        "--board", type=Path, default=Path(), metavar="DIR", help="the board's checkout (.)"
    )
    parser.add_argument(
        "--results",
        type=Path,
        metavar="DIR",
        help="results that must be the public ones: a folder in mteb's layout, or a runner's output",
    )
    parser.add_argument(
        "--revision",
        type=_sha,
        metavar="SHA",
        help="the commit of the model that was measured; default: that of --results, else any",
    )
    parser.add_argument(
        "--results-repository",
        type=_id,
        metavar="OWNER/NAME",
        default=os.environ.get("MTEB_RESULTS_REPOSITORY") or None,
        help="GitHub repository that must list the results (MTEB_RESULTS_REPOSITORY; needs GITHUB_TOKEN)",
    )
    parser.add_argument(
        "--published-at",
        type=_moment,
        metavar="ISO-DATE",
        help="when the results became public; default: when the Hub and GitHub say so",
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 on what is too early too")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Load the evidence, judge it, print the rows.

    Raises:
        CommandError: results, repositories or services cannot be read.
    """
    if (arguments.model is None) == (arguments.recent is None):
        raise UsageError("verify takes a model or --recent", "give one of them")
    if arguments.recent is not None:
        return _run_recent(arguments)
    return _run_one(arguments)


def _run_recent(arguments: argparse.Namespace) -> ExitCode:
    """Every model that was accepted lately; one that is not public does not keep the others from being looked at."""
    from bot.board import settings_file
    from bot.verification.audience import kept_from_public
    from bot.verification.recent import config_now, days_from, recently_accepted

    since = datetime.now(UTC) - timedelta(days=days_from(arguments.recent))
    accepted = recently_accepted(arguments.board, since)
    settings = read_settings(settings_file(arguments.board))
    reasons = {
        one: kept_from_public(config_now(arguments.board, one.model), settings) for one in accepted
    }
    kept = {one: why for one, why in reasons.items() if why}
    for one, why in kept.items():
        sys.stdout.write(f"{one.model} at {one.revision[:7]} is not judged. {why}\n\n")
    codes = [_run_accepted(arguments, one) for one in accepted if one not in kept]
    said = f"{len(codes)} verified above, {len(kept)} not judged" if kept else "each verified above"
    sys.stdout.write(f"{len(accepted)} accepted since {since:%Y-%m-%d}, {said}\n")
    return max(codes, default=ExitCode.OK)


def _run_accepted(arguments: argparse.Namespace, accepted: "Accepted") -> ExitCode:
    about = {"model": accepted.model, "revision": accepted.revision, "results": accepted.folder}
    code = _run_one(argparse.Namespace(**{**vars(arguments), **about}))
    sys.stdout.write("\n")
    return code


def _run_one(arguments: argparse.Namespace) -> ExitCode:
    from bot.verification.formats import as_json, as_text
    from bot.verification.rules import verify

    verification = verify(_evidence(arguments))
    strict = arguments.strict
    text = (
        as_json(verification, strict=strict)
        if arguments.format == "json"
        else as_text(verification)
    )
    sys.stdout.write(text)
    return ExitCode.OK if verification.holds(strict=strict) else ExitCode.SUBMISSION


def _evidence(arguments: argparse.Namespace) -> Evidence:
    from bot.hub_api.connection import connect
    from bot.hub_api.published import load_published
    from bot.results_folder import read_results
    from bot.task_facts import facts_also_in, facts_in
    from bot.verification.evidence import measured_weights
    from schemas.mteb_index import mteb_index

    facts_of = facts_in(mteb_index())
    expected = read_results(arguments.results, facts_of) if arguments.results else None
    revision = arguments.revision or (expected.revision if expected else None)
    weights = list(measured_weights(expected))
    published = load_published(connect(), arguments.model, weights)
    return Evidence(
        published,
        facts_also_in(expected, facts_of) if expected else facts_of,
        now=datetime.now(UTC),
        expected=expected,
        model_revision=revision,
        listing=_listing(arguments, published, revision),
        published_at=arguments.published_at,
    )


def _listing(
    arguments: argparse.Namespace, published: Published, revision: str | None
) -> Listing | None:
    """What the results repository lists; not asked where the model itself is not public."""
    if not arguments.results_repository or published.access is not Access.OPEN:
        return None
    from bot.github_api.connection import connect
    from bot.github_api.published_results import load_listing

    return load_listing(connect(), arguments.results_repository, arguments.model, revision)


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form owner/name")
    return text


def _sha(text: str) -> str:
    if not _SHA.fullmatch(text):
        raise argparse.ArgumentTypeError("must be a full commit SHA of 40 hexadecimal digits")
    return text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no ISO 8601 date, such as 2026-01-31T12:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
