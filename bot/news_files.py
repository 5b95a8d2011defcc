"""Read what there is to say from files: the config, the check's problems, a runner's report, the outcome of publishing."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from bot import problems_file
from bot.check import CannotReadFile, check_file
from bot.conversation import news
from bot.conversation.marker import PublicationState, Published
from bot.conversation.news import Measured, News
from bot.conversation.subject import Subject
from bot.model_results import results_of_report
from bot.plan_files import planned, tasks_of
from bot.planning.plan import Submission
from bot.planning.request import Request
from bot.problem_formats import has_errors
from bot.publication import outcome
from bot.quote import quote_of
from bot.report import CannotReadReport, Report, read_report
from bot.report_identity import ReportOfAnotherConfig, check_identity
from bot.results_folder import read_results
from bot.task_facts import facts_also_in, facts_in
from bot.tuned_weights.destination import destination
from schemas.errors import UsageError
from schemas.mteb_index import mteb_index
from schemas.problem import Problem, shown
from schemas.settings import Settings
from schemas.submission import ModelConfig, load_model_config

_DIGEST = 16  # hex digits; enough to tell reports of one config apart
_PUBLISHED: Mapping[outcome.State, PublicationState] = {
    "opened": "open",
    "updated": "open",
    "unchanged": "open",
    "conflict": "conflict",
    "closed": "closed",
    "merged": "merged",
    "nothing-to-publish": "nothing",
}


SizeOf = Callable[[ModelConfig], int | None]


def unknown_size(_: ModelConfig) -> int | None:
    """Nobody is asked how large the model is."""
    return None


class NoSuchFile(UsageError):
    """A file that the command line names is not there, or cannot be read."""


@dataclass(frozen=True)
class Run:
    """What an evaluation left: the runner's output folder, what to compare with, the outcome of publishing.

    `settings` are the board's, where they are at hand.
    """

    results: Path
    against: Sequence[Path] = ()
    publication: Path | None = None
    settings: Settings | None = None


def checked(
    subject: Subject,
    root: Path,
    problems_of: Path | None,
    settings: Settings,
    size_of: SizeOf,
) -> News:
    """What the check finds in the config below `root`, together with problems found elsewhere; else what it comes to.

    Raises:
        NoSuchFile: a file is missing.
        CannotReadProblems: the problems file is not what the check writes, or about other files.
    """
    path = root / subject.config
    if not os.path.lexists(path):
        raise NoSuchFile(f"{subject.config}: no such file", "give its repository with --root")
    config, found = _check(path)
    problems = {replace(one, file=_in_repository(one.file, root)) for one in found}
    if problems_of and problems_of.is_dir():
        problems_of /= problems_file.name_of(subject.config)
    if problems_of:
        problems.update(_found_elsewhere(subject, root, problems_of))
    if config is None or has_errors(problems):
        return news.validated(subject, config, sorted(problems), None)
    submission = Submission(config, subject.config, subject.pull, subject.sha)
    plan = planned(submission, Request(), settings, size_of(config))
    quote = quote_of(plan, mteb_index(), settings.quote)
    return news.validated(subject, config, sorted(problems), quote)


def reported(subject: Subject, root: Path, run: Run) -> News:
    """What the report says about the config below `root`.

    Raises:
        CommandError: report, config, baselines or outcome cannot be read, or do not belong together.
    """
    path = run.results / "report.json"
    report = read_report(path)
    config = _config(subject, root)
    check_identity(report, config)
    _check_commit(report, subject)
    facts_of = facts_also_in(results_of_report(report), facts_in(mteb_index()))
    _, unpublished = destination(config, run.settings.tuned_weights) if run.settings else (None, "")
    measured = Measured(
        report,
        sha256(path.read_bytes()).hexdigest()[:_DIGEST],
        config,
        [read_results(baseline, facts_of) for baseline in run.against],
        _published(report, run.publication) if run.publication else None,
        run.settings.publish_on if run.settings else None,
        unpublished,
        asked=[task.name for task in tasks_of(config)],
    )
    return news.reported(subject, measured)


def failed(subject: Subject, root: Path, run: Run) -> News:
    """What the report of a run that failed says; where there is none, or none of use, that.

    Raises:
        CommandError: there is a report, but of something else, or other files cannot be read.
    """
    try:
        return reported(subject, root, run)
    except CannotReadReport as error:
        path = run.results / "report.json"
        if not os.path.lexists(path):
            return news.ended_without_report(subject)
        return news.unusable_report(subject, error.message.removeprefix(f"{path}: "))


def _check(path: Path) -> tuple[ModelConfig | None, list[Problem]]:
    try:
        problems = check_file(path)
    except CannotReadFile as error:
        return None, [error.problem]
    if has_errors(problems):
        return None, problems
    config, _, found = load_model_config(path)
    return config, [*problems, *found]  # found: a custom task where a model config must be


def _config(subject: Subject, root: Path) -> ModelConfig:
    path = root / subject.config
    check_file(path)  # it must be no link out of the repository; its problems were told before
    config, _, problems = load_model_config(path)
    if config is None:
        raise UsageError(
            f"{subject.config} is not valid at this commit: {problems[0].message}",
            "give the repository at the commit that was evaluated with --root",
        )
    return config


def _check_commit(report: Report, subject: Subject) -> None:
    head = report.provenance["head_sha"]
    if head not in {None, subject.sha}:
        raise ReportOfAnotherConfig(
            f"the report is of commit {head}, not of {subject.sha}", "report it with its own --sha"
        )


def _published(report: Report, path: Path) -> Published:
    publication = outcome.publication_from(_content(path, outcome.MAX_BYTES))
    if (publication.model, publication.revision) != (report.model, report.revision):
        raise ReportOfAnotherConfig(
            "the outcome of publishing is of another model or revision", "publish this model again"
        )
    return Published(_PUBLISHED[publication.state], publication.pull)


def _found_elsewhere(subject: Subject, root: Path, path: Path) -> list[Problem]:
    files, problems = problems_file.problems_from(_content(path, problems_file.MAX_BYTES))
    inside = [_in_repository(name, root) for name in files]
    if inside != [subject.config]:
        raise problems_file.CannotReadProblems(f"it is not about {subject.config} alone")
    return [replace(problem, file=_in_repository(problem.file, root)) for problem in problems]


def _in_repository(name: str, root: Path) -> str:
    """A file's path from the root of the repository on; the check may have run in it, or beside it."""
    below = os.path.relpath(name, root)
    return os.path.normpath(name) if below.startswith("..") else below


def _content(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        name = shown(str(path), 300)
        raise NoSuchFile(f"{name}: {error.strerror}", "give a file that may be read") from error
