"""The config that an evaluation was of, from the submission's own files."""

from os.path import lexists
from pathlib import Path

from bot.check import check_file
from bot.problem_formats import has_errors
from schemas.errors import CommandError, ExitCode
from schemas.submission import ModelConfig, load_model_config

_MOST_BYTES = 200_000_000


class NoSuchConfig(CommandError):
    """The config is not there at that commit, or not valid, so nothing can have been evaluated."""

    exit_code = ExitCode.SUBMISSION


def read_config(root: Path, config: str) -> ModelConfig:
    """The config below `root`, the folder of a submission.

    Raises:
        NoSuchConfig: it is not there, or has problems.
    """
    path = root / config
    fix = "name the commit that was evaluated"
    if not lexists(path):
        raise NoSuchConfig(f"{config} is not there at this commit", fix)
    problems = check_file(path)
    found, _, _ = load_model_config(path) if not has_errors(problems) else (None, None, None)
    if found is None:
        why = f": {problems[0].message}" if problems else ""
        raise NoSuchConfig(f"{config} is no valid config at this commit{why}", fix)
    return found
