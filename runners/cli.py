"""mteb-runner: measures. The one place that turns a command line into a run, and errors into exit codes."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from runners.evaluate_command import add_evaluate, add_finetune
from runners.finetuning.table_command import add_table
from runners.interruption import stoppable
from runners.measurable import CannotMeasureHere, not_installed, valid_config
from runners.prefetch_command import add_prefetch
from schemas.errors import CommandError, ExitCode
from schemas.mteb_index import mteb_index

_EXIT_CODES = (
    "exit codes: 0 fine, 1 the submission is at fault, 2 usage, 3 this machine is at fault, "
    "4 an outside service is, 130 interrupted"
)


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
    add_evaluate(commands, _EXIT_CODES)
    add_finetune(commands, _EXIT_CODES)
    add_table(commands, _EXIT_CODES)
    add_prefetch(commands, _EXIT_CODES)
    _add_model_meta(commands)
    index = commands.add_parser(
        "index", help="write the index of mteb's tasks, benchmarks, languages"
    )
    index.set_defaults(run=_index)
    return parser


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
    config = valid_config(arguments.config)
    try:
        from runners.model_meta_source import write_model_meta

        open_fields = write_model_meta(
            config, arguments.results, arguments.output, arguments.json, arguments.model_path
        )
    except ModuleNotFoundError as error:
        raise not_installed(error) from error
    except OSError as error:
        raise CannotMeasureHere(
            f"{error.filename}: {error.strerror}", "choose another path"
        ) from error
    if config.model in mteb_index().models:
        sys.stderr.write(f"mteb {mteb_index().mteb_version} has {config.model} already\n")
    left = f"; left to a person: {', '.join(open_fields)}" if open_fields else ""
    sys.stderr.write(f"ModelMeta: {arguments.output}{left}\n")
    return ExitCode.OK


def _index(_: argparse.Namespace) -> ExitCode:
    from runners.index import write_index

    write_index()
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
