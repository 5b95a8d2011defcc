"""What every command of the runner needs before it begins: a valid config, and the heavy packages."""

from collections.abc import Sequence
from pathlib import Path

from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import Problem
from schemas.submission import ModelConfig, load_model_config


class CannotMeasureHere(CommandError):
    """The heavy packages are missing: only the bot is installed."""


class InvalidConfig(CommandError):
    """The config breaks its schema."""

    exit_code = ExitCode.SUBMISSION


def valid_config(path: Path) -> ModelConfig:
    """The config at `path`.

    Raises:
        UsageError: it cannot be read.
        InvalidConfig: it breaks its schema.
    """
    try:
        config, _, problems = load_model_config(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "give the path of a model config") from error
    if config is None:
        raise invalid("the config", problems)
    return config


def invalid(what: str, problems: Sequence[Problem]) -> InvalidConfig:
    """All problems of a file, told to a person."""
    lines = [
        f"{p.file}:{p.line}:{p.column} {p.rule}: {p.message}\n  fix: {p.fix}" for p in problems
    ]
    return InvalidConfig(f"{what} is not valid\n" + "\n".join(lines))


def not_installed(error: ModuleNotFoundError) -> CannotMeasureHere:
    """`error` told to a person."""
    return CannotMeasureHere(
        f"the package {error.name} is not installed here",
        "install the runner's packages: pip install '.[runner]' (or `make setup`)",
    )
