"""The news that the arguments of `mteb-bot report` tell of."""

import argparse
import sys
from collections.abc import Callable, Mapping

from bot import news_files
from bot.board import reference_results
from bot.conversation import news
from bot.conversation.news import News
from bot.conversation.running import asked_from, running
from bot.conversation.subject import Subject
from schemas.errors import CommandError, UsageError
from schemas.problem import shown
from schemas.settings import Settings
from schemas.submission import ModelConfig


def news_of(arguments: argparse.Namespace, subject: Subject, settings: Settings | None) -> News:
    """What is to be said; `settings` are the board's, where they are at hand.

    Raises:
        UsageError: an argument or a file is missing.
        CommandError: files do not belong together.
    """
    ways: Mapping[str, Callable[[], News]] = {
        "validated": lambda: _checked(arguments, subject, settings or Settings()),
        "queued": lambda: news.queued(subject),
        "running": lambda: _running(arguments, subject),
        "cancelled": lambda: news.cancelled(subject),
        "superseded": lambda: news.superseded(subject),
    }
    way = ways.get(arguments.state)
    return way() if way else _news_of_run(arguments, subject, settings)


def _checked(arguments: argparse.Namespace, subject: Subject, settings: Settings) -> News:
    size_of = _size_on_the_hub if arguments.hub else news_files.unknown_size
    return news_files.checked(subject, arguments.root, arguments.problems, settings, size_of)


def _size_on_the_hub(config: ModelConfig) -> int | None:
    """None where the Hub does not answer: an estimate is not worth leaving a submitter without a word."""
    from bot.hub_api.connection import connect
    from bot.hub_api.model_size import load_parameters

    try:
        return load_parameters(connect(), config.weights, config.revision)
    except CommandError as error:
        sys.stderr.write(f"the model's size is not known: {shown(error.message, 300)}\n")
        return None


def _running(arguments: argparse.Namespace, subject: Subject) -> News:
    asked = asked_from(arguments.asked_by, arguments.request, arguments.approval)
    return running(subject, arguments.done, arguments.tasks, asked)


def _news_of_run(
    arguments: argparse.Namespace, subject: Subject, settings: Settings | None
) -> News:
    if arguments.results:
        against = [*arguments.against]
        if arguments.board and settings:
            against += reference_results(arguments.board, settings, subject.model)
        run = news_files.Run(arguments.results, against, arguments.publication, settings)
        read = news_files.reported if arguments.state == "evaluated" else news_files.failed
        return read(subject, arguments.root, run)
    if arguments.state == "evaluated":
        raise UsageError("evaluated needs --results", "give the output folder of the runner")
    if arguments.timed_out:
        return news.timed_out(subject)
    return news.ended_without_report(subject)
