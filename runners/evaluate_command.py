"""`mteb-runner evaluate`: a config on somebody's own machine, or one shard of a plan, in the sandbox or not."""

import argparse
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from runners.evaluate_arguments import (
    DEFAULT_BATCH_SIZE,
    add_arguments,
    check_combination,
    data_paths,
    repeatable_command,
)
from runners.measurable import not_installed, valid_config
from runners.planned import PlannedRun, planned_run
from runners.prefetched import open_prefetched, replayed
from runners.sandbox.profiles import SCRATCH, inside_of
from runners.sandbox_choice import NO_SANDBOX, chosen_sandbox, require_sandbox_for_code
from runners.sandboxed import SandboxedRun, evaluate_in_sandbox
from schemas.errors import ExitCode, UsageError

if TYPE_CHECKING:  # imported where it is needed, so that --help is instant
    from runners.evaluation import EvaluationRequest
    from schemas.submission import ModelConfig


def add_evaluate(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", epilog: str
) -> None:
    """The command."""
    evaluate = commands.add_parser(
        "evaluate",
        help="evaluate a model config",
        description="Evaluate a model config. Interrupted anywhere, the same command goes on.",
        epilog=epilog,
    )
    add_arguments(evaluate)
    evaluate.set_defaults(run=_evaluate)


def add_finetune(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", epilog: str
) -> None:
    """The command: what `evaluate` does with a config that asks for training, and with no other."""
    finetune = commands.add_parser(
        "finetune",
        help="train the base model of a config, and evaluate it raw and tuned",
        description="Train the base model of a config with `finetune`: every variant with every seed. It is evaluated "
        "raw and tuned alike, and the variant with the best held-out score is reported. Interrupted anywhere, the same "
        "command goes on from the last checkpoint.",
        epilog=epilog,
    )
    add_arguments(finetune)
    finetune.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> ExitCode:
    check_combination(arguments)
    if arguments.plan is None:
        code = _measured(arguments, None)
    else:
        run = planned_run(arguments.plan, arguments.root, arguments.shard)
        code = _planned(arguments, run)
    if inside_of() is None:
        sys.stderr.write(f"report: {arguments.output / 'report.json'}\n")
    return code


def _planned(arguments: argparse.Namespace, run: PlannedRun) -> ExitCode:
    custom_code = run.plan.custom_code
    made_by = chosen_sandbox(custom_code=custom_code) if arguments.sandbox else None
    if made_by is not None:
        options = _inner_options(arguments)
        return evaluate_in_sandbox(
            SandboxedRun(run, arguments.output, made_by, arguments.prefetched, options)
        )
    if custom_code:
        require_sandbox_for_code()
    if arguments.prefetched is not None and inside_of() is None:
        # before any library reads them; in the sandbox they are set from outside
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["HF_HOME"] = str((arguments.output / SCRATCH / "huggingface").absolute())
    return _measured(arguments, run)


def _inner_options(arguments: argparse.Namespace) -> tuple[str, ...]:
    """What the command inside is told as well."""
    words: list[str] = []
    if arguments.device:
        words += ["--device", arguments.device]
    if arguments.batch_size != DEFAULT_BATCH_SIZE:
        words += ["--batch-size", str(arguments.batch_size)]
    if arguments.task_timeout:
        words += ["--task-timeout", str(arguments.task_timeout)]
    return tuple(words)


def _measured(arguments: argparse.Namespace, run: PlannedRun | None) -> ExitCode:
    """Measure in this process."""
    from runners.libraries import quiet_libraries

    if arguments.model_path and not arguments.model_path.is_dir():
        raise UsageError(
            f"--model-path {arguments.model_path}: no such folder", "give the model's folder"
        )
    prefetched = open_prefetched(arguments.prefetched) if arguments.prefetched else None
    config = valid_config(arguments.config) if run is None else run.config
    _check_training(arguments, config)
    paths = data_paths(arguments.data_path)
    with quiet_libraries(arguments.output / "runner.log"):
        try:
            from runners.evaluation import EvaluationRequest
        except ModuleNotFoundError as error:
            raise not_installed(error) from error

        tasks = tuple(arguments.tasks) if run is None else run.shard.tasks
        smoke = arguments.smoke if run is None else run.plan.smoke
        path = arguments.config if run is None else Path(run.plan.config)
        request = EvaluationRequest(
            config=config,
            output=arguments.output,
            model_path=arguments.model_path,
            data_paths=paths,
            only_tasks=tasks,
            device=arguments.device,
            batch_size=arguments.batch_size,
            task_seconds=arguments.task_timeout,
            smoke=smoke,
            head_sha=arguments.head_sha if run is None else run.plan.head_sha,
            command=repeatable_command(arguments, path, tasks, smoke=smoke),
            root=None if run is None else run.root,
            prefetched=prefetched,
            custom_code=run is not None and run.plan.custom_code,
            sandbox=inside_of() or NO_SANDBOX,
        )
        with nullcontext() if prefetched is None else replayed(prefetched):
            return _run(arguments, request)


def _check_training(arguments: argparse.Namespace, config: "ModelConfig") -> None:
    if config.finetune:
        return
    if arguments.command == "finetune":
        raise UsageError("the config has no `finetune`", "use `mteb-runner evaluate`")
    if arguments.allow_contamination or arguments.processes:
        raise UsageError(
            "`--allow-contamination` and `--processes` are for a config with `finetune`",
            "leave them out",
        )


def _run(arguments: argparse.Namespace, request: "EvaluationRequest") -> ExitCode:
    from runners.evaluation import Evaluation
    from runners.progress import Progress

    finetune = request.config.finetune
    if finetune is None:
        return Evaluation(request, Progress()).run()
    from runners.finetuning.tuning import Tuning, TuningRequest

    allow, processes = arguments.allow_contamination, arguments.processes
    return Tuning(TuningRequest(request, finetune, allow, processes), Progress()).run()
