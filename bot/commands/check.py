"""Check model configs and custom task files, and say every problem at once: where, which rule, what, and the fix.

Of a folder, every YAML file below it is checked (hidden folders are not looked into). Exit code 0: no problem;
1: problems; 2: a file that was named is missing or cannot be read.
"""

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.check import CannotReadFile, check_file
from bot.problem_formats import as_github, as_json, as_text
from schemas.errors import ExitCode, UsageError
from schemas.problem import Problem, shown

_SUFFIXES = (".yaml", ".yml")


class NothingToCheck(UsageError):
    """A path does not exist, or a folder holds no YAML file."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="model config, custom task, or a folder with such files",
    )
    parser.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="text for people (default), github for workflow annotations, json for programs",
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print the problems of all files.

    Raises:
        UsageError: a file that was named is missing or cannot be read.
    """
    named = set(arguments.files)
    files = [file for path in arguments.files for file in _files(path)]
    problems = sorted({problem for file in files for problem in _problems(file, file in named)})
    _write(_formatted(arguments.format, problems, files))
    return ExitCode.SUBMISSION if problems else ExitCode.OK


def _problems(file: Path, named: bool) -> list[Problem]:
    """What is wrong with a file; one found in a folder need not be readable for the others to be checked."""
    try:
        return check_file(file)
    except CannotReadFile as error:
        if named:
            raise
        return [error.problem]


def _files(path: Path) -> Iterator[Path]:
    if not os.path.lexists(path):
        raise NothingToCheck(
            f"{_said(path)}: no such file", "give the path of a YAML file or a folder"
        )
    if not os.path.isdir(path):  # noqa: PTH112 -- Path.is_dir raises where a folder is closed
        yield path
        return
    found = sorted(file for file in path.rglob("*") if _is_visible_yaml(file.relative_to(path)))
    if not found:
        raise NothingToCheck(
            f"{_said(path)}: no YAML file below this folder", "give another folder"
        )
    yield from found


def _said(path: Path) -> str:
    return shown(str(path), 300)


def _is_visible_yaml(file: Path) -> bool:
    return file.suffix in _SUFFIXES and not any(part.startswith(".") for part in file.parts)


def _formatted(wanted: str, problems: list[Problem], files: list[Path]) -> str:
    if wanted == "github":
        return as_github(problems, len(files))
    if wanted == "json":
        return as_json(problems, map(str, files))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return as_text(problems, len(files), colour=colour)


def _write(text: str) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal need not know every letter
    sys.stdout.write(text)
