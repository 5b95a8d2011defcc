"""Check model configs, custom task files and settings, every problem at once: where, which rule, what, and the fix.

Of a folder, every YAML file below it is checked (hidden folders are not looked into: .github/mteb-bot.yml is checked
where it is named). With --hub the Hub is asked too (docs/preflight.md): is the submission open and consistent. Exit code 0: no errors, though perhaps warnings; 1: errors;
2: a file that was named is missing or cannot be read; 3: the Hub does not take the token; 4: it does not answer.
With --each what was found stands in one file for each config too, which `mteb-bot report --problems` reads.
"""

import argparse
import io
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bot.check import CannotReadFile, check_file, checked, place_of
from bot.conversation.subject import is_config_path
from bot.problem_formats import as_github, as_json, as_text, has_errors
from bot.problems_file import name_of
from schemas.errors import ExitCode, UsageError
from schemas.problem import Problem, shown
from schemas.settings import Limits, Settings, read_settings

_SUFFIXES = (".yaml", ".yml")


FileCheck = Callable[[Path], list[Problem]]


class NothingToCheck(UsageError):
    """A path does not exist, or a folder holds no YAML file."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="model config, custom task, .github/mteb-bot.yml, or a folder with such files",
    )
    parser.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="text for people (default), github for workflow annotations, json for programs",
    )
    parser.add_argument(
        "--hub", action="store_true", help="ask the Hub too: is the submission open and consistent"
    )
    parser.add_argument(
        "--max-weights-gb",
        type=_gigabytes,
        metavar="GB",
        help="largest weights that the runners take, with --hub (default: the settings')",
    )
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="the maintainers', with --hub: limits, approved code (default: none approved, "
        f"{Limits().weights_gb:g} GB)",
    )
    parser.add_argument(
        "--each", type=Path, metavar="DIR", help="write JSON to DIR/<org>__<name>.json too"
    )
    parser.add_argument(
        "--list-rules", nargs=0, action=_ListRules, help="print docs/preflight.md and exit"
    )


class _ListRules(argparse.Action):
    """Prints the page about the preflight's rules, as `--help` does its own."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.preflight.page import page

        sys.stdout.write(page())
        parser.exit()


def _gigabytes(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number")
    return size


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print the problems of all files.

    Raises:
        UsageError: a file that was named is missing or cannot be read.
        BrokenSettings: the settings are not valid.
        HubRefused, ServiceAtFault: the Hub cannot be asked.
    """
    named = set(arguments.files)
    files = [file for path in arguments.files for file in _files(path)]
    check = _hub_check(arguments) if arguments.hub else check_file
    by_file = {file: _problems(check, file, file in named) for file in files}
    problems = sorted({problem for found in by_file.values() for problem in found})
    if arguments.each:
        _write_each(arguments.each, by_file)
    _write(_formatted(arguments.format, problems, files))
    return ExitCode.SUBMISSION if has_errors(problems) else ExitCode.OK


def _write_each(folder: Path, by_file: Mapping[Path, list[Problem]]) -> None:
    """One file of problems for each model config, and none for what is no config by its place."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, problems in by_file.items():
        place = place_of(file)
        if place and is_config_path(place):
            (folder / name_of(place)).write_text(as_json(problems, [str(file)]), encoding="utf-8")


def _hub_check(arguments: argparse.Namespace) -> FileCheck:
    """The pure check, and the preflight on the Hub."""
    from bot.hub_api.connection import connect
    from bot.hub_api.preflight import Preflight

    settings = read_settings(arguments.settings) if arguments.settings else Settings()
    preflight = Preflight(connect(), settings, arguments.max_weights_gb)

    def check(file: Path) -> list[Problem]:
        found = checked(file)
        return [*found.problems, *preflight.problems(file, found)]

    return check


def _problems(check: FileCheck, file: Path, named: bool) -> list[Problem]:
    """What is wrong with a file; one found in a folder need not be readable for the others to be checked."""
    try:
        return check(file)
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
