"""What `mteb-runner table` may be told, and the experiment that is wanted by it."""

import argparse
import shlex
from dataclasses import replace
from pathlib import Path

from runners.measurable import invalid
from schemas.errors import UsageError
from schemas.experiment import Experiment, load_experiment
from schemas.problem import shown
from schemas.submission import CustomTask, load_custom_task

_LONGEST_COMMAND = 4000
_LARGEST_SEED = 2**32 - 1  # as the schema has it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="experiment (YAML)")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where it goes")
    parser.add_argument(
        "--model-path", type=Path, metavar="DIR", help="read the model from DIR instead of the Hub"
    )
    parser.add_argument(
        "--data-path", action="append", default=[], metavar="ID=DIR",
        help="read the data set ID (its Hub id, or the folder of its `path`) from DIR; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--device", metavar="DEVICE", help="torch device; default: GPU if there is one"
    )
    parser.add_argument(
        "--no-budgets", action="store_true", help="leave out the trainings for a fixed time"
    )
    parser.add_argument(
        "--modes", nargs="+", metavar="MODE", help="only these modes of the file, and their budgets"
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        metavar="N",
        help="another seed than the file's; it draws the rows too",
    )


def wanted_experiment(arguments: argparse.Namespace) -> tuple[Experiment, CustomTask]:
    """The file's experiment with the modes and the seed that were asked for, and its task.

    Raises:
        UsageError: a file cannot be read, or has no such mode.
        InvalidConfig: a file breaks its schema, or the task has no draws to compare by.
    """
    experiment, task = _valid(arguments.file)
    if arguments.seed is not None:
        experiment = replace(experiment, seed=arguments.seed)
    if not arguments.modes:
        return experiment, task
    there = [mode.name for mode in experiment.modes]
    for name in arguments.modes:
        if name not in there:
            message = f"--modes: no mode of {arguments.file} is called `{shown(name)}`"
            raise UsageError(message, f"name some of {', '.join(there)}")
    return experiment.of_modes(arguments.modes), task


def command_to_repeat(arguments: argparse.Namespace) -> str:
    """The command for somebody else's machine: folders of this one become DIR."""
    file = arguments.file.name if arguments.file.is_absolute() else str(arguments.file)
    words = ["mteb-runner", "table", file, "--output", "DIR"]
    if arguments.model_path:
        words += ["--model-path", "DIR"]
    for pair in arguments.data_path:
        words += ["--data-path", f"{pair.partition('=')[0]}=DIR"]
    if arguments.no_budgets:
        words.append("--no-budgets")
    if arguments.modes:
        words += ["--modes", *arguments.modes]
    if arguments.seed is not None:
        words += ["--seed", str(arguments.seed)]
    return shlex.join(words)[:_LONGEST_COMMAND]


def _valid(path: Path) -> tuple[Experiment, CustomTask]:
    try:
        experiment, _, problems = load_experiment(path)
        if experiment is None:
            raise invalid("the experiment", problems)
        task, document, problems = load_custom_task(experiment.task)
    except OSError as error:
        where = error.filename or path
        raise UsageError(f"{where}: {error.strerror}", "correct the path") from error
    if task is not None and (task.type != "classification" or task.experiments == 1):
        problems = [
            document.problem(
                ("experiments" if task.type == "classification" else "type",),
                "task-does-not-fit",
                "a table compares draws, and this task has none",
                "name a classification task with two `experiments` or more",
            )
        ]
    if task is None or problems:
        raise invalid("the task of the experiment", problems)
    return experiment, task


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {_LARGEST_SEED}")
    return int(text)
