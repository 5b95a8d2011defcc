"""Check, evaluate, compare, and show all that the bot would say and publish: before opening a PR."""

import argparse
import sys
from pathlib import Path

from schemas.errors import CommandError, ExitCode, UsageError

_PASSED_ON = ("model_path", "device", "batch_size", "task_timeout")


class InvalidSubmission(CommandError):
    """The config has problems; they have been printed."""

    exit_code = ExitCode.SUBMISSION


class NoModelConfig(UsageError):
    """The file is something else, such as a custom task."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", type=Path, metavar="FILE", help="model config (YAML)")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where the preview goes"
    )
    parser.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=[],
        metavar="RESULTS",
        help="results to compare with: any folder in mteb's layout, or a runner's output",
    )
    runner = parser.add_argument_group("passed on to mteb-runner evaluate")
    runner.add_argument("--model-path", metavar="DIR", help="read the model from DIR, not the Hub")
    runner.add_argument("--data-path", action="append", default=[], metavar="ID=DIR")
    runner.add_argument("--tasks", nargs="+", default=[], metavar="TASK")
    runner.add_argument("--device", metavar="DEVICE")
    runner.add_argument("--batch-size", metavar="N")
    runner.add_argument("--task-timeout", metavar="SECONDS")
    runner.add_argument("--smoke", action="store_true", help="cut every task down")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Check, evaluate, and write the preview; the exit code is the check's or the runner's.

    Raises:
        InvalidSubmission: the config has problems.
        CommandError: baselines, runner or output folder cannot be used.
    """
    from bot.evaluation import evaluate
    from bot.model_results import results_of_report
    from bot.preview import preview_of
    from bot.preview_folder import write_preview
    from bot.results_folder import read_results
    from bot.task_facts import facts_also_in, facts_in
    from schemas.mteb_index import mteb_index
    from schemas.submission import load_model_config

    _check(arguments.config)
    config, _, _ = load_model_config(arguments.config)
    if config is None:
        raise NoModelConfig(
            f"{arguments.config} is no model config",
            "name a model config; a custom task is evaluated by a config that lists it",
        )
    index = mteb_index()
    facts_of = facts_in(index)
    for path in arguments.against:  # hours may pass until they are needed: find out now
        read_results(path, facts_of)
    evaluated = evaluate(_runner_arguments(arguments), arguments.output / "evaluation")
    facts_of = facts_also_in(results_of_report(evaluated.report), facts_of)
    baselines = [read_results(path, facts_of) for path in arguments.against]
    preview = preview_of(evaluated.report, config, baselines, evaluated.readme, index.iso_639_1)
    write_preview(arguments.output, preview.files)
    sys.stdout.write(f"{preview.verdict.badge}: {preview.verdict.sentence}\n")
    for note in preview.notes:
        sys.stdout.write(f"note: {note}\n")
    sys.stdout.write(f"look at {arguments.output / 'index.html'}\n")
    return evaluated.code


def _check(config: Path) -> None:
    from bot.check import check_file
    from bot.problem_formats import as_text, has_errors

    problems = check_file(config)
    if problems:
        sys.stdout.write(as_text(problems, files=1))
    if has_errors(problems):
        raise InvalidSubmission(
            "the config is not ready to be evaluated", "mend what is listed above"
        )


def _runner_arguments(arguments: argparse.Namespace) -> list[str]:
    words = [str(arguments.config)]
    for name in _PASSED_ON:
        if (value := getattr(arguments, name)) is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    for pair in arguments.data_path:
        words += ["--data-path", pair]
    if arguments.tasks:
        words += ["--tasks", *arguments.tasks]
    return [*words, "--smoke"] if arguments.smoke else words
