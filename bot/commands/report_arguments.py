"""The arguments of `mteb-bot report`."""

import argparse
from pathlib import Path

from bot.commands.arguments import add_repository

STATES = ("validated", "queued", "running", "evaluated", "failed", "cancelled", "superseded")
COLLECTED = "collected"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare them: those of every state, then those of some."""
    parser.add_argument(
        "state",
        choices=(*STATES, COLLECTED),
        metavar="STATE",
        help=f"one of {', '.join(STATES)}; or {COLLECTED}",
    )
    parser.add_argument("--pull", type=int, metavar="N", help="pull request")
    parser.add_argument("--sha", metavar="SHA", help="its commit that this is about, in full")
    parser.add_argument("--config", metavar="PATH", help="models/<org>/<name>.yaml, in that commit")
    add_repository(parser)
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the files at SHA (default: .)"
    )
    parser.add_argument(
        "--run",
        type=int,
        metavar="ID",
        help="the workflow run that this is news of; of an earlier one nothing is said",
    )
    parser.add_argument(
        "--run-url", metavar="URL", help="to be linked (default: that of --run, in a workflow)"
    )
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="the board's: what an estimate is made with, when it publishes",
    )
    parser.add_argument(
        "--board",
        type=Path,
        metavar="DIR",
        help="the board's checkout: its settings, and results of the models to compare with",
    )
    parser.add_argument(
        "--bot-login",
        metavar="LOGIN",
        help="the account the token writes as (default: that of --settings, else github-actions[bot])",
    )
    _declare_validated(parser)
    _declare_running(parser)
    _declare_ended(parser)


def _declare_validated(parser: argparse.ArgumentParser) -> None:
    validated = parser.add_argument_group("validated")
    validated.add_argument(
        "--problems",
        type=Path,
        metavar="FILE",
        help="more problems of this config, as `mteb-bot check --format json` writes them; or the "
        "folder of `--each`",
    )
    validated.add_argument(
        "--hub", action="store_true", help="ask the Hub for the model's size, for the estimate"
    )


def _declare_running(parser: argparse.ArgumentParser) -> None:
    running = parser.add_argument_group("running")
    running.add_argument("--done", type=int, metavar="N", help="tasks that are through")
    running.add_argument("--tasks", type=int, metavar="M", help="tasks in all")
    running.add_argument("--asked-by", default="", metavar="LOGIN", help="who asked, by --approval")
    running.add_argument("--request", default="", metavar="TEXT", help="and what for")
    running.add_argument("--approval", default="", metavar="ID", help="the comment that did")


def _declare_ended(parser: argparse.ArgumentParser) -> None:
    evaluated = parser.add_argument_group("evaluated, failed")
    evaluated.add_argument(
        "--results", type=Path, metavar="DIR", help="the output folder of `mteb-runner evaluate`"
    )
    evaluated.add_argument(
        "--against", type=Path, nargs="+", default=[], metavar="RESULTS", help="to compare with"
    )
    evaluated.add_argument(
        "--publication", type=Path, metavar="FILE", help="what `mteb-bot publish` left"
    )
    evaluated.add_argument(
        "--timed-out", action="store_true", help="failed without --results, at the time limit"
    )
    collected = parser.add_argument_group(
        COLLECTED, "Which pull request, commit, config, run and state comes from the collected run."
    )
    collected.add_argument(
        "--collected", type=Path, metavar="DIR", help="what `mteb-bot collect` left"
    )
