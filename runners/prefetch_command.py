"""`mteb-runner prefetch`: what one shard needs, brought by a process that may use the network, and may nothing else."""

import argparse
import os
import sys
from pathlib import Path

from runners.evaluate_arguments import add_plan
from runners.measurable import not_installed
from runners.planned import PlannedRun, planned_run
from runners.sandbox.profiles import SCRATCH, inside_of
from runners.sandbox_choice import chosen_sandbox
from runners.sandboxed import SandboxedRun, prefetch_in_sandbox
from schemas.errors import ExitCode


def add_prefetch(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", epilog: str
) -> None:
    """The command."""
    prefetch = commands.add_parser(
        "prefetch",
        help="bring what one shard of a plan needs",
        description="Bring the model's revision and the data of one shard, for `evaluate --prefetched`. "
        "Repeated, it goes on. HF_TOKEN should be a token that reads.",
        epilog=epilog,
    )
    add_plan(prefetch, required=True)
    prefetch.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="where all of it goes"
    )
    prefetch.set_defaults(run=_prefetch)


def _prefetch(arguments: argparse.Namespace) -> ExitCode:
    run = planned_run(arguments.plan, arguments.root, arguments.shard)
    if inside_of() is None:
        made_by = chosen_sandbox(custom_code=False)  # files of code are brought, none of it runs
        if made_by is not None:
            return prefetch_in_sandbox(SandboxedRun(run, arguments.output, made_by))
        os.environ["HF_HOME"] = str((arguments.output / SCRATCH / "huggingface").absolute())
    return _brought(arguments, run)


def _brought(arguments: argparse.Namespace, run: PlannedRun) -> ExitCode:
    from runners.libraries import quiet_libraries

    with quiet_libraries(arguments.output / SCRATCH / "prefetch.log"):
        try:
            from runners.prefetch import bring
        except ModuleNotFoundError as error:
            raise not_installed(error) from error
        return bring(run, arguments.output, _say)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
