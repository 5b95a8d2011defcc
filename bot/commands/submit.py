"""Submit results to a results repository on GitHub, from where the public MTEB leaderboard reads.

Opens one pull request a model from the bot's fork, or brings it up to date: what the repository lacks, in mteb's
layout, checked by the repository's own rules beforehand. No score of others is changed: a task with other
subsets is merged, a conflict is left out and said. Nothing is sent with --dry-run. GITHUB_TOKEN must be a personal
access token of the account that owns the fork.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

from bot.github_api.connection import connect
from bot.github_api.results_repository import ResultsRepository, fork_of
from bot.results_repository.candidate import Candidate, read_candidate
from bot.results_repository.checklist import SubmissionFacts
from bot.results_repository.layout import branch_of
from bot.results_repository.outcome import Outcome
from bot.results_repository.page import page
from bot.results_repository.said import intended, said
from bot.results_repository.submit import Submission, planned, submit
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.mteb_index import MtebIndex, mteb_index
from schemas.problem import shown
from schemas.submission import ModelConfig, load_model_config

# An underscore stands in the logins of enterprise-managed users.
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.\.?\Z)[A-Za-z0-9._-]{1,100}\Z")
_VARIABLE = "MTEB_RESULTS_REPOSITORY"


class InvalidConfig(CommandError):
    """The config breaks its schema."""

    exit_code = ExitCode.SUBMISSION


class CannotWriteOutcome(CommandError):
    """The outcome file cannot be written."""


class _ListRules(argparse.Action):
    """Print the documentation and end."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        sys.stdout.write(page())
        parser.exit(int(ExitCode.OK))


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", type=Path, metavar="CONFIG", help="model config (YAML)")
    parser.add_argument(
        "--results",
        type=Path,
        required=True,
        metavar="DIR",
        help="the output folder of `mteb-runner evaluate`, or results/<org>__<name>/<revision>",
    )
    parser.add_argument(
        "--repository",
        type=_repository,
        metavar="OWNER/NAME",
        help=f"the results repository, as embeddings-benchmark/results; default: ${_VARIABLE}",
    )
    parser.add_argument(
        "--fork",
        type=_repository,
        metavar="OWNER/NAME",
        help="the bot's fork of it; default: the token's user, same name; created where missing",
    )
    parser.add_argument("--base", default="main", metavar="BRANCH", help="its branch (main)")
    parser.add_argument(
        "--model-meta",
        type=Path,
        metavar="FILE.json",
        help="model_meta.json to send, instead of the one beside the results",
    )
    parser.add_argument(
        "--list-rules", nargs=0, action=_ListRules, help="print the rules (docs/submit.md) and end"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be done, write nothing"
    )
    parser.add_argument(
        "--outcome", type=Path, metavar="FILE", help="write what became of it here, as JSON"
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read the results, submit what the repository lacks, and say what became of it.

    Raises:
        UsageError: no repository is named, or the config cannot be read.
        InvalidConfig: the config is not valid.
        CannotSubmitResults: nothing of the results can be submitted.
    """
    name = arguments.repository or _from_environment()
    config = _config(arguments.config)
    candidate = read_candidate(arguments.results, config, arguments.model_meta)
    connection = connect()
    fork = arguments.fork or fork_of(connection, name)
    repository = ResultsRepository(
        connection, name, fork, arguments.base, branch_of(candidate.model)
    )
    index = mteb_index()
    submission = Submission(repository, candidate, _facts(candidate, config, index), index)
    outcome = _planned(submission) if arguments.dry_run else submit(submission)
    sys.stdout.write(said(outcome, fork, repository.branch))
    if arguments.outcome:
        _write(arguments.outcome, outcome)
    return ExitCode.SUBMISSION if outcome.state == "refused" else ExitCode.OK


def _planned(submission: Submission) -> Outcome:
    operations, outcome = planned(submission)
    there = submission.repository
    for operation in operations:
        sys.stdout.write(intended(operation, there.name, there.fork, there.branch))
    return outcome


def _facts(candidate: Candidate, config: ModelConfig, index: MtebIndex) -> SubmissionFacts:
    provenance = candidate.report.provenance if candidate.report else {}
    return SubmissionFacts(
        model=candidate.model,
        revision=candidate.revision,
        mteb_version=index.mteb_version,
        registered=candidate.model in index.models,
        loader=provenance.get("loader"),
        command=provenance.get("command"),
        training_data=config.training_data,
    )


def _config(path: Path) -> ModelConfig:
    try:
        config, _, problems = load_model_config(path)
    except OSError as error:
        raise UsageError(
            f"{shown(str(path), 300)}: {error.strerror}", "name a model config"
        ) from error
    if config is None:
        first = problems[0]
        raise InvalidConfig(
            f"{first.file}:{first.line}:{first.column} {first.rule}: {first.message}",
            f"{first.fix}; `mteb-bot check` shows every problem",
        )
    return config


def _from_environment() -> str:
    text = os.environ.get(_VARIABLE, "")
    if not text:
        raise UsageError(
            "no results repository is named: submitting is off by default",
            f"give --repository owner/name, or set {_VARIABLE}",
        )
    try:
        return _repository(text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{_VARIABLE}: {error}", "write it as owner/name") from error


def _repository(text: str) -> str:
    if not _REPOSITORY.match(text):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not owner/name")
    return text


def _write(path: Path, outcome: Outcome) -> None:
    try:
        path.write_bytes(outcome.to_json())
    except OSError as error:
        raise CannotWriteOutcome(f"{shown(str(path), 300)}: {error.strerror}") from error
