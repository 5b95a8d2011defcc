"""The command line of `mteb-runner evaluate`."""

import argparse
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from schemas.errors import UsageError

DEFAULT_BATCH_SIZE = 32
_LONGEST_COMMAND = 4000
_LARGEST_BATCH = 1_000_000
_LONGEST_TASK = 30 * 24 * 3600  # seconds


def add_arguments(evaluate: argparse.ArgumentParser) -> None:
    """What `evaluate` takes."""
    evaluate.add_argument(
        "config", type=Path, nargs="?", metavar="FILE", help="model config (YAML), unless `--plan`"
    )
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
        help="read the data set ID (its Hub id, or its `path`) of a custom task or a training from DIR; repeatable",
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
    _add_planned(evaluate)
    _add_training(evaluate)


def _add_training(evaluate: argparse.ArgumentParser) -> None:
    training = evaluate.add_argument_group("a config with `finetune`")
    training.add_argument(
        "--allow-contamination",
        action="store_true",
        help="train on rows that are evaluated too; every output then says so",
    )
    training.add_argument(
        "--processes",
        type=_positive,
        metavar="N",
        help="train with N processes, one a GPU (default: one for each GPU)",
    )


def _add_planned(evaluate: argparse.ArgumentParser) -> None:
    planned = evaluate.add_argument_group("one shard of a plan, in place of FILE")
    add_plan(planned)
    planned.add_argument(
        "--prefetched", type=Path, metavar="DIR", help="what `mteb-runner prefetch` brought: no Hub"
    )
    planned.add_argument(
        "--sandbox",
        action="store_true",
        help="without network, secrets, or anything to write but DIR",
    )


def add_plan(arguments: "argparse._ArgumentGroup | argparse.ArgumentParser", *, required: bool = False) -> None:  # fmt: skip
    """Which shard of which plan."""
    arguments.add_argument(
        "--plan", type=Path, required=required, metavar="FILE", help="what `mteb-bot plan` wrote"
    )
    arguments.add_argument(
        "--root", type=Path, required=required, metavar="DIR", help="folder of the submission"
    )
    arguments.add_argument(
        "--shard", type=_positive, required=required, metavar="K", help="which shard of the plan"
    )


def check_combination(arguments: argparse.Namespace) -> None:
    """Refuse what does not go together.

    Raises:
        UsageError: with what to do instead.
    """
    of_plan = (arguments.plan, arguments.root, arguments.shard)
    if (arguments.config is None) == (arguments.plan is None):
        raise UsageError(
            "give a config or a `--plan`, not both", "see `mteb-runner evaluate --help`"
        )
    if arguments.config is not None:
        if any(of_plan) or arguments.prefetched or arguments.sandbox:
            raise UsageError(
                "`--root`, `--shard`, `--prefetched` and `--sandbox` belong to `--plan`",
                "let `mteb-bot plan` write one",
            )
        return
    if not all(of_plan):
        raise UsageError("`--plan` needs `--root` and `--shard`", "name the submission's folder")
    if arguments.tasks or arguments.smoke or arguments.head_sha:
        raise UsageError("the plan says what runs, and of which commit", "leave these options out")
    if arguments.sandbox and (arguments.prefetched is None or arguments.model_path or arguments.data_path):  # fmt: skip
        raise UsageError(
            "in the sandbox only prefetched models and data can be read",
            "run `mteb-runner prefetch`, and pass its folder as `--prefetched`",
        )


def repeatable_command(arguments: argparse.Namespace, config: Path, tasks: Sequence[str], *, smoke: bool) -> str:  # fmt: skip
    """The command for somebody else's machine: folders of this one become DIR, which also keeps them private."""
    words = ["mteb-runner", arguments.command, config.name if config.is_absolute() else str(config)]
    words += ["--output", "DIR"]
    if arguments.model_path:
        words += ["--model-path", "DIR"]
    for pair in arguments.data_path:
        words += ["--data-path", f"{pair.partition('=')[0]}=DIR"]
    if tasks:
        words += ["--tasks", *tasks]
    if arguments.batch_size != DEFAULT_BATCH_SIZE:
        words += ["--batch-size", str(arguments.batch_size)]
    if arguments.allow_contamination:
        words.append("--allow-contamination")
    return shlex.join([*words, "--smoke"] if smoke else words)[:_LONGEST_COMMAND]


def data_paths(pairs: Sequence[str]) -> dict[str, Path]:
    """The folders that `--data-path` gave, by data set.

    Raises:
        UsageError: no pair, or no folder.
    """
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
