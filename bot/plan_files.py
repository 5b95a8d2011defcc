"""From files to a plan: the config at a commit, its custom tasks, the settings."""

from pathlib import Path

from bot.check import check_file
from bot.planning.plan import Submission, plan_for
from bot.planning.request import Request
from bot.planning.selection import ChosenTask, chosen_tasks, only_requested
from bot.problem_formats import has_errors
from bot.training_files import training_rows
from schemas.errors import CommandError, ExitCode
from schemas.mteb_index import mteb_index
from schemas.plan import Plan
from schemas.problem import Problem, shown
from schemas.settings import Settings
from schemas.submission import ModelConfig, load_custom_task, load_model_config

_MOST_NAMED = 5


class CannotPlanSubmission(CommandError):
    """A config is not valid, so that nobody knows what it asks for."""

    exit_code = ExitCode.SUBMISSION


def valid_config(root: Path, config: str) -> ModelConfig:
    """The model config at `config` below `root`.

    Raises:
        CannotReadFile: it is missing, or a link that leads out of `root`.
        CannotPlanSubmission: it is not valid.
    """
    path = root / config
    problems = check_file(path)
    if has_errors(problems):
        raise _invalid([problem for problem in problems if problem.severity == "error"])
    loaded, _, found = load_model_config(path)
    if loaded is None:  # a custom task where a model config must be
        raise _invalid(found)
    return loaded


def planned(
    submission: Submission, request: Request, settings: Settings, parameters: int | None = None
) -> Plan:
    """The plan of a valid config for a request; `parameters` is the model's size where it is known.

    Raises:
        AsksForAnotherTask: the request names a task that the config does not ask for.
        CannotPlanSubmission: a custom task is not valid, or nothing is left to evaluate.
    """
    every = tasks_of(submission.config)
    if not every:
        raise CannotPlanSubmission(
            "no task is left to evaluate", "widen `evaluate.languages` or choose other tasks"
        )
    tasks = only_requested(every, request)
    rows = training_rows(submission.config)
    return plan_for(submission, tasks, request, settings, parameters, rows)


def tasks_of(config: ModelConfig) -> tuple[ChosenTask, ...]:
    """Every task that a config asks for.

    Raises:
        CannotPlanSubmission: a custom task is not valid.
    """
    files = dict.fromkeys(task.file for task in config.tasks if task.file)
    names = {file: _custom_name(file) for file in files}
    return chosen_tasks(config, mteb_index(), names)


def _custom_name(file: Path) -> str:
    task, _, problems = load_custom_task(file)
    if task is None:
        raise _invalid(problems)
    return task.name


def _invalid(problems: list[Problem]) -> CannotPlanSubmission:
    said = "; ".join(
        f"{shown(problem.file, 300)}:{problem.line}:{problem.column} {shown(problem.message, 300)}"
        for problem in problems[:_MOST_NAMED]
    )
    return CannotPlanSubmission(
        f"the config is not valid: {said}", "mend it; `mteb-bot check` lists every problem"
    )
