"""`mteb-runner table`: raw against ways of training, from one experiment file."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runners.evaluate_arguments import data_paths
from runners.finetuning.table_arguments import add_arguments, command_to_repeat, wanted_experiment
from runners.measurable import not_installed
from schemas.errors import CommandError, ExitCode, UsageError

if TYPE_CHECKING:  # imported where it is needed, so that --help is instant
    from runners.finetuning.table_figures import Row, Table
    from runners.finetuning.table_request import TableRequest
    from runners.finetuning.table_run import TableRun


def add_table(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", epilog: str) -> None:
    """The command."""
    table = commands.add_parser(
        "table",
        help="compare ways of fine-tuning with the raw model",
        description="Train one model in each of the ways that an experiment file names, and measure it raw and after "
        "each alike: DIR/table.md, DIR/table.json, and DIR/budgets.svg where the file asks for budgets of time. The "
        "last line is JSON. Interrupted anywhere, the same command goes on.",
        epilog=epilog,
    )
    add_arguments(table)
    table.set_defaults(run=_table)


def _table(arguments: argparse.Namespace) -> ExitCode:
    experiment, task = wanted_experiment(arguments)
    if arguments.model_path and not arguments.model_path.is_dir():
        raise UsageError(
            f"--model-path {arguments.model_path}: no such folder", "give the model's folder"
        )
    paths = data_paths(arguments.data_path)
    from runners.libraries import quiet_libraries

    with quiet_libraries(arguments.output / "runner.log"):
        try:
            from runners.finetuning.table_request import TableRequest
            from runners.finetuning.table_run import TableRun
        except ModuleNotFoundError as error:
            raise not_installed(error) from error
        from runners.progress import Progress

        request = TableRequest(
            experiment=experiment,
            task=task,
            output=arguments.output,
            model_path=arguments.model_path,
            data_paths=paths,
            device=arguments.device,
            budgets=not arguments.no_budgets,
            command=command_to_repeat(arguments),
        )
        return _made(request, TableRun(request, Progress()))


def _made(request: "TableRequest", run: "TableRun") -> ExitCode:
    from runners.failures import classified
    from runners.finetuning.table_measured import CannotMakeTable

    try:
        return _measured(request, run)
    except CommandError:
        raise
    except Exception as error:
        failure = classified(error, "infrastructure", "making the table")
        raise CannotMakeTable(failure) from error


def _measured(request: "TableRequest", run: "TableRun") -> ExitCode:
    from runners.finetuning.table_figures import closing
    from runners.finetuning.table_measured import failure_code
    from runners.finetuning.table_text import show

    points: tuple[Row, ...] = ()
    with run.opened():
        table = run.modes()
        _write_table(request, run, table)
        show(table, sys.stdout)
        sys.stdout.flush()
        if request.budgets and request.experiment.budgets.seconds:
            points = run.budgets()
            _write_budgets(request.output, table, points)
    sys.stderr.write(f"table: {request.output / 'table.md'}\n")
    sys.stdout.write(json.dumps(closing(table), allow_nan=False) + "\n")
    failures = [row.failure for row in (*table.rows, *points) if row.failure]
    return failure_code(failures) if failures else ExitCode.OK


def _write_table(request: "TableRequest", run: "TableRun", table: "Table") -> None:
    from runners.finetuning.table_text import markdown, record
    from runners.output_folder import write_atomically
    from runners.provenance import hardware, software

    content: dict[str, Any] = {
        **record(table),
        **software(),
        "hardware": hardware(run.device),
        "command": request.command,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
    write_atomically(request.output / "table.json", f"{text}\n")
    write_atomically(request.output / "table.md", markdown(table))


def _write_budgets(output: Path, table: "Table", points: "tuple[Row, ...]") -> None:
    from runners.finetuning.table_plot import budget_plot, budget_record
    from runners.output_folder import write_atomically

    text = json.dumps(budget_record(table, points), indent=1, allow_nan=False, ensure_ascii=False)
    write_atomically(output / "budgets.json", f"{text}\n")
    for kind in ("svg", "png"):
        write_atomically(output / f"budgets.{kind}", budget_plot(table, points, kind))
