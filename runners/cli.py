"""mteb-runner: measures. The one place that turns a command line into a run, and errors into exit codes."""

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from runners.interruption import stoppable
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.mteb_index import mteb_index
from schemas.submission import ModelConfig, load_model_config

_EXIT_CODES = (
    "exit codes: 0 fine, 1 the submission is at fault, 2 usage, 3 this machine is at fault, "
    "4 an outside service is, 130 interrupted"
)


DEFAULT_BATCH_SIZE = 32
_LONGEST_COMMAND = 4000
_LARGEST_BATCH = 1_000_000
_LONGEST_TASK = 30 * 24 * 3600  # seconds


class CannotMeasureHere(CommandError):
    """The heavy packages are missing: only the bot is installed."""


class InvalidConfig(CommandError):
    """The config breaks its schema."""

    exit_code = ExitCode.SUBMISSION


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with stoppable():
            return int(arguments.run(arguments))
    except CommandError as error:
        sys.stderr.write(f"mteb-runner {arguments.command}: {error}\n")
        return int(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the same command goes on where it was\n")
        return int(ExitCode.INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mteb-runner",
        description="Evaluates embedding models with mteb and writes one report.",
        epilog=_EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_evaluate(commands)
    _add_model_meta(commands)
    index = commands.add_parser(
        "index", help="write the index of mteb's tasks, benchmarks, languages"
    )
    index.set_defaults(run=_index)
    return parser


def _add_evaluate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="evaluate a model config",
        description="Evaluate a model config. Interrupted anywhere, the same command goes on.",
        epilog=_EXIT_CODES,
    )
    evaluate.add_argument("config", type=Path, metavar="FILE", help="model config (YAML)")
    evaluate.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where results go"
    )
    evaluate.add_argument(
        "--model-path", type=Path, metavar="DIR", help="read the model from DIR instead of the Hub"
    )
    evaluate.add_argument(
        "--data-path",
        action="append",
        default=[],
        metavar="ID=DIR",
        help="read the data set ID (its Hub id, or its `path`) of a custom task from DIR; repeatable",
    )
    evaluate.add_argument(
        "--tasks", nargs="+", default=[], metavar="TASK", help="run only these tasks"
    )
    evaluate.add_argument(
        "--device", metavar="DEVICE", help="torch device; default: GPU if there is one"
    )
    evaluate.add_argument(
        "--batch-size",
        type=_positive,
        default=DEFAULT_BATCH_SIZE,
        metavar="N",
        help="texts a batch (32)",
    )
    evaluate.add_argument(
        "--task-timeout", type=_seconds, metavar="SECONDS", help="stop a task after this long"
    )
    evaluate.add_argument(
        "--smoke",
        action="store_true",
        help="cut every task down, to see that the model loads and encodes",
    )
    evaluate.add_argument(
        "--head-sha", type=_sha, metavar="SHA", help="commit of the pull request, for the report"
    )
    evaluate.set_defaults(run=_evaluate)


def _add_model_meta(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "model-meta",
        help="write the ModelMeta to contribute to mteb",
        description="Write the source of mteb's ModelMeta for an evaluated model, and try it.",
        epilog=_EXIT_CODES,
    )
    command.add_argument("config", type=Path, metavar="FILE", help="model config (YAML)")
    command.add_argument(
        "--results", type=Path, required=True, metavar="DIR",
        help="the output folder of `evaluate`, or results/<org>__<name>/<revision>",
    )  # fmt: skip
    command.add_argument(
        "--output", type=Path, required=True, metavar="FILE.py", help="where the source goes"
    )
    command.add_argument(
        "--json", type=Path, metavar="FILE.json",
        help="write it as model_meta.json too, for `mteb-bot submit --model-meta`",
    )  # fmt: skip
    command.add_argument(
        "--model-path", type=Path, metavar="DIR",
        help="count the weights in DIR instead of asking the Hub",
    )  # fmt: skip
    command.set_defaults(run=_model_meta)


def _model_meta(arguments: argparse.Namespace) -> ExitCode:
    config = _config(arguments.config)
    try:
        from runners.model_meta_source import write_model_meta

        open_fields = write_model_meta(
            config, arguments.results, arguments.output, arguments.json, arguments.model_path
        )
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error
    except OSError as error:
        raise CannotMeasureHere(
            f"{error.filename}: {error.strerror}", "choose another path"
        ) from error
    if config.model in mteb_index().models:
        sys.stderr.write(f"mteb {mteb_index().mteb_version} has {config.model} already\n")
    left = f"; left to a person: {', '.join(open_fields)}" if open_fields else ""
    sys.stderr.write(f"ModelMeta: {arguments.output}{left}\n")
    return ExitCode.OK


def _not_installed(error: ModuleNotFoundError) -> CannotMeasureHere:
    return CannotMeasureHere(
        f"the package {error.name} is not installed here",
        "install the runner's packages: pip install '.[runner]' (or `make setup`)",
    )


def _evaluate(arguments: argparse.Namespace) -> ExitCode:
    config = _config(arguments.config)
    from runners.libraries import quiet_libraries

    data_paths = _data_paths(arguments.data_path)
    if arguments.model_path and not arguments.model_path.is_dir():
        raise UsageError(
            f"--model-path {arguments.model_path}: no such folder", "give the model's folder"
        )
    with quiet_libraries(arguments.output / "runner.log"):
        try:
            from runners.evaluation import Evaluation, EvaluationRequest
        except ModuleNotFoundError as error:
            raise _not_installed(error) from error
        from runners.progress import Progress

        request = EvaluationRequest(
            config=config,
            output=arguments.output,
            model_path=arguments.model_path,
            data_paths=data_paths,
            only_tasks=tuple(arguments.tasks),
            device=arguments.device,
            batch_size=arguments.batch_size,
            task_seconds=arguments.task_timeout,
            smoke=arguments.smoke,
            head_sha=arguments.head_sha,
            command=repeatable_command(arguments),
        )
        code = Evaluation(request, Progress()).run()
    sys.stderr.write(f"report: {arguments.output / 'report.json'}\n")
    return code


def repeatable_command(arguments: argparse.Namespace) -> str:
    """The command for somebody else's machine: folders of this one become DIR, which also keeps them private."""
    config = arguments.config
    words = ["mteb-runner", "evaluate", config.name if config.is_absolute() else str(config)]
    words += ["--output", "DIR"]
    if arguments.model_path:
        words += ["--model-path", "DIR"]
    for pair in arguments.data_path:
        words += ["--data-path", f"{pair.partition('=')[0]}=DIR"]
    if arguments.tasks:
        words += ["--tasks", *arguments.tasks]
    if arguments.batch_size != DEFAULT_BATCH_SIZE:
        words += ["--batch-size", str(arguments.batch_size)]
    return shlex.join([*words, "--smoke"] if arguments.smoke else words)[:_LONGEST_COMMAND]


def _index(_: argparse.Namespace) -> ExitCode:
    from runners.index import write_index

    write_index()
    return ExitCode.OK


def _config(path: Path) -> ModelConfig:
    try:
        config, _, problems = load_model_config(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "give the path of a model config") from error
    if config is None:
        lines = [
            f"{p.file}:{p.line}:{p.column} {p.rule}: {p.message}\n  fix: {p.fix}" for p in problems
        ]
        raise InvalidConfig("the config is not valid\n" + "\n".join(lines))
    return config


def _data_paths(pairs: Sequence[str]) -> dict[str, Path]:
    paths = {}
    for pair in pairs:
        name, separator, folder = pair.partition("=")
        if not (name and separator and folder):
            raise UsageError(
                f"--data-path {pair}: expected ID=DIR", "for example fancyzhx/ag_news=data/"
            )
        if not Path(folder).is_dir():
            raise UsageError(
                f"--data-path {pair}: no such folder", "give the folder with the files"
            )
        paths[name] = Path(folder)
    return paths


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _LARGEST_BATCH:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_LARGEST_BATCH}")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= _LONGEST_TASK:
        raise argparse.ArgumentTypeError(f"must be more than 0 and at most {_LONGEST_TASK}")
    return number


def _sha(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{40}", text):
        raise argparse.ArgumentTypeError("must be a full commit SHA of 40 hexadecimal digits")
    return text


if __name__ == "__main__":
    sys.exit(main())
