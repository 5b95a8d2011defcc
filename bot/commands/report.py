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
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.arguments import run_id
from bot.commands.report_arguments import COLLECTED, declare
from bot.job_page import write_page
from schemas.errors import ExitCode, UsageError
from schemas.problem import shown

if TYPE_CHECKING:  # what is needed to speak is imported then, so that --help is instant
    from bot.conversation.news import News
    from bot.conversation.wanted import Source
    from schemas.settings import Settings

configure = declare


def run(arguments: argparse.Namespace) -> ExitCode:
    """Bring the conversation up to date, and say what became of the news.

    Raises:
        UsageError: arguments have the wrong shape, or a file is missing.
        CommandError: files do not belong together, or GitHub does not let us.
    """
    from bot.commands.report_news import news_of
    from bot.conversation.subject import subject_from
    from bot.conversation.update import update
    from bot.github_api.connection import connect
    from bot.github_api.conversation import GithubConversation
    from bot.service_settings import repository_from
    from schemas.settings import Settings

    if (arguments.state == COLLECTED) != bool(arguments.collected):
        raise UsageError(f"the state {COLLECTED} and --collected belong together", "give both")
    if arguments.collected:
        _take_collected(arguments)
    if None in {arguments.pull, arguments.sha, arguments.config}:
        raise UsageError("--pull, --sha and --config say what this is about", "give all three")
    subject = subject_from(arguments.pull, arguments.sha, arguments.config)
    repository, settings = repository_from(arguments.repository), _settings(arguments)
    source = _source(arguments, repository)
    news = replace(news_of(arguments, subject, settings), run=arguments.run)
    login = arguments.bot_login or (settings or Settings()).bot_login
    connection = connect()
    conversation = GithubConversation(connection, repository, subject, login)
    why = update(conversation, news, source, connection.retrying, lambda: datetime.now(UTC))
    _tell(news, why)
    return ExitCode.OK


def _take_collected(arguments: argparse.Namespace) -> None:
    """Fill in what a collected run says of itself."""
    from bot.artifacts.collected import SUBMISSION, read

    collected = read(arguments.collected)
    subject = collected.subject
    arguments.state, arguments.run = collected.state, collected.run
    arguments.pull, arguments.sha, arguments.config = subject.pull, subject.sha, subject.config
    arguments.root, arguments.results = arguments.collected / SUBMISSION, arguments.collected


def _settings(arguments: argparse.Namespace) -> "Settings | None":
    """The board's; None where nobody says where they are."""
    from bot.board import settings_file
    from schemas.settings import read_settings

    of_board = settings_file(arguments.board) if arguments.board else None
    path = arguments.settings or of_board
    return read_settings(path) if path else None


def _source(arguments: argparse.Namespace, repository: str) -> "Source":
    from bot.conversation.wanted import Source
    from bot.markdown import may_be_linked
    from bot.service_settings import PUBLIC_HUB, run_url_of

    hub = os.environ.get("HF_ENDPOINT", "").rstrip("/") or PUBLIC_HUB
    run = None if arguments.run is None else run_id(arguments.run)
    run_url = arguments.run_url or run_url_of(repository, run)
    for name, url in (("--run-url", run_url), ("HF_ENDPOINT", hub)):
        if url is not None and not may_be_linked(url):
            raise UsageError(f"{name} is {shown(url, 200)}", "give an address, http or https")
    return Source(run_url, hub)


def _tell(news: "News", why: str) -> None:
    """One line on stdout; in a workflow all of it on the job's page too."""
    line = f"{news.subject.config} at {news.subject.sha[:7]}: {why}"
    sys.stdout.write(f"{line}\n")
    write_page(f"## {line}\n\n{news.text.strip()}")
