"""Say on a pull request how one submission stands: one comment, one check run, one label, all brought up to date.

STATE is `validated` (checks the config first, and says `invalid` where it has problems: the check run then
fails, this command does not), `queued`, `running`, `evaluated` (needs --results; `tried` where these are of a smoke
run), `failed` (with --results says why, as far as a report was left), `cancelled` or `superseded`; `collected` is
whatever the run that --collected holds came to. Whatever the state, a commit that is not the head of the pull request
any more is superseded. Running it again changes nothing. GITHUB_TOKEN needs `pull-requests: write` and
`checks: write`, and `issues: write` as long as the repository lacks one of the labels (docs/states.md).
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.job_page import write_page
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import shown

if TYPE_CHECKING:  # what is needed to speak is imported then, so that --help is instant
    from bot.conversation.news import News
    from bot.conversation.subject import Subject
    from bot.conversation.wanted import Source
    from schemas.submission import ModelConfig

STATES = ("validated", "queued", "running", "evaluated", "failed", "cancelled", "superseded")
COLLECTED = "collected"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "state",
        choices=(*STATES, COLLECTED),
        metavar="STATE",
        help=f"one of {', '.join(STATES)}; or {COLLECTED}",
    )
    parser.add_argument("--pull", type=int, metavar="N", help="pull request")
    parser.add_argument("--sha", metavar="SHA", help="its commit that this is about, in full")
    parser.add_argument("--config", metavar="PATH", help="models/<org>/<name>.yaml, in that commit")
    parser.add_argument(
        "--repository",
        default=os.environ.get("GITHUB_REPOSITORY", ""),
        metavar="OWNER/NAME",
        help="default: $GITHUB_REPOSITORY",
    )
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
        "--bot-login",
        metavar="LOGIN",
        help="the account the token writes as (default: that of --settings, else github-actions[bot])",
    )
    _configure_states(parser)


def _configure_states(parser: argparse.ArgumentParser) -> None:
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
    running = parser.add_argument_group("running")
    running.add_argument("--done", type=int, metavar="N", help="tasks that are through")
    running.add_argument("--tasks", type=int, metavar="M", help="tasks in all")
    running.add_argument("--asked-by", default="", metavar="LOGIN", help="who asked, by --approval")
    running.add_argument("--request", default="", metavar="TEXT", help="and what for")
    running.add_argument("--approval", default="", metavar="ID", help="the comment that did")
    evaluated = parser.add_argument_group("evaluated, failed")
    evaluated.add_argument(
        "--results", type=Path, metavar="DIR", help="the output folder of `mteb-runner evaluate`"
    )
    evaluated.add_argument(
        "--against", type=Path, nargs="+", default=[], metavar="RESULTS", help="to compare with"
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
    collected.add_argument(
        "--board",
        type=Path,
        metavar="DIR",
        help="the board's checkout: its settings, and results of the models to compare with",
    )
    evaluated.add_argument(
        "--publication", type=Path, metavar="FILE", help="what `mteb-bot publish` left"
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Bring the conversation up to date, and say what became of the news.

    Raises:
        UsageError: arguments have the wrong shape, or a file is missing.
        CommandError: files do not belong together, or GitHub does not let us.
    """
    from dataclasses import replace

    from bot.conversation.subject import subject_from
    from bot.conversation.update import update
    from bot.github_api.connection import connect
    from bot.github_api.conversation import GithubConversation
    from bot.service_settings import repository_from

    if (arguments.state == COLLECTED) != bool(arguments.collected):
        raise UsageError(f"the state {COLLECTED} and --collected belong together", "give both")
    if arguments.collected:
        _take_collected(arguments)
    if None in {arguments.pull, arguments.sha, arguments.config}:
        raise UsageError("--pull, --sha and --config say what this is about", "give all three")
    subject = subject_from(arguments.pull, arguments.sha, arguments.config)
    source, repository = _source(arguments), repository_from(arguments.repository)
    news = replace(_news(arguments, subject), run=arguments.run)
    connection = connect()
    conversation = GithubConversation(connection, repository, subject, _login(arguments))
    why = update(conversation, news, source, connection.retrying, lambda: datetime.now(UTC))
    _tell(news, why)
    return ExitCode.OK


def _login(arguments: argparse.Namespace) -> str:
    """Whose comments are ours, in the word of the board's settings where nobody says otherwise."""
    from schemas.settings import Settings, read_settings

    settings = read_settings(arguments.settings) if arguments.settings else Settings()
    login: str = arguments.bot_login or settings.bot_login
    return login


def _take_collected(arguments: argparse.Namespace) -> None:
    """Fill in what a collected run says of itself, and what the board compares it with."""
    from bot.artifacts.collected import SUBMISSION, read
    from bot.board import reference_results, settings_file
    from schemas.settings import read_settings

    collected = read(arguments.collected)
    subject = collected.subject
    arguments.state, arguments.run = collected.state, collected.run
    arguments.pull, arguments.sha, arguments.config = subject.pull, subject.sha, subject.config
    arguments.root, arguments.results = arguments.collected / SUBMISSION, arguments.collected
    if arguments.board:
        arguments.settings = arguments.settings or settings_file(arguments.board)
        settings = read_settings(arguments.settings)
        references = reference_results(arguments.board, settings, collected.model)
        arguments.against = [*arguments.against, *references]


def _news(arguments: argparse.Namespace, subject: "Subject") -> "News":
    from bot.conversation import news

    ways: Mapping[str, Callable[[], News]] = {
        "validated": lambda: _checked(arguments, subject),
        "queued": lambda: news.queued(subject),
        "running": lambda: _running(arguments, subject),
        "cancelled": lambda: news.cancelled(subject),
        "superseded": lambda: news.superseded(subject),
    }
    way = ways.get(arguments.state)
    return way() if way else _news_of_run(arguments, subject)


def _checked(arguments: argparse.Namespace, subject: "Subject") -> "News":
    from bot import news_files
    from schemas.settings import read_settings

    settings = read_settings(arguments.settings) if arguments.settings else news_files.NO_SETTINGS
    size_of = _size_on_the_hub if arguments.hub else news_files.unknown_size
    return news_files.checked(subject, arguments.root, arguments.problems, settings, size_of)


def _size_on_the_hub(config: "ModelConfig") -> int | None:
    """None where the Hub does not answer: an estimate is not worth leaving a submitter without a word."""
    from bot.hub_api.connection import connect
    from bot.hub_api.model_size import load_parameters

    try:
        return load_parameters(connect(), config.model, config.revision)
    except CommandError as error:
        sys.stderr.write(f"the model's size is not known: {shown(error.message, 300)}\n")
        return None


def _news_of_run(arguments: argparse.Namespace, subject: "Subject") -> "News":
    from bot import news_files
    from bot.conversation import news

    if arguments.results:
        run = news_files.Run(
            arguments.results, arguments.against, arguments.publication, arguments.settings
        )
        read = news_files.reported if arguments.state == "evaluated" else news_files.failed
        return read(subject, arguments.root, run)
    if arguments.state == "evaluated":
        raise UsageError("evaluated needs --results", "give the output folder of the runner")
    if arguments.timed_out:
        return news.timed_out(subject)
    return news.ended_without_report(subject)


def _running(arguments: argparse.Namespace, subject: "Subject") -> "News":
    from bot.conversation.running import asked_from, running

    asked = asked_from(arguments.asked_by, arguments.request, arguments.approval)
    return running(subject, arguments.done, arguments.tasks, asked)


def _source(arguments: argparse.Namespace) -> "Source":
    from bot.conversation.marker import LARGEST_RUN
    from bot.conversation.wanted import Source
    from bot.markdown import may_be_linked
    from bot.service_settings import PUBLIC_HUB, run_url_of

    hub = os.environ.get("HF_ENDPOINT", "").rstrip("/") or PUBLIC_HUB
    if arguments.run is not None and not 0 < arguments.run <= LARGEST_RUN:
        raise UsageError(f"--run is {arguments.run}", "give the id of a workflow run")
    run_url = arguments.run_url or run_url_of(arguments.repository, arguments.run)
    for name, url in (("--run-url", run_url), ("HF_ENDPOINT", hub)):
        if url is not None and not may_be_linked(url):
            raise UsageError(f"{name} is {shown(url, 200)}", "give an address, http or https")
    return Source(run_url, hub)


def _tell(news: "News", why: str) -> None:
    """One line on stdout; in a workflow all of it on the job's page too."""
    line = f"{news.subject.config} at {news.subject.sha[:7]}: {why}"
    sys.stdout.write(f"{line}\n")
    write_page(f"## {line}\n\n{news.text.strip()}")
