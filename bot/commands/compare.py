"""Render the bot's comment from existing results folders, without evaluating anything."""

import argparse
import sys
from pathlib import Path

from bot.comment import comment_on_comparison, comment_on_report
from bot.compare import compare, scope_of
from bot.comparison import Scope
from bot.results_folder import read_results
from bot.task_facts import facts_also_in, facts_in
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.mteb_index import MtebIndex, mteb_index
from schemas.problem import nearest, shown

_MOST_BASELINES = 10  # more columns than anyone reads, and every folder stays in memory


class CannotWriteComment(CommandError):
    """The comment cannot be written to the file asked for."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    folder = "any folder in mteb's layout with one model, or the output folder of mteb-runner"
    parser.add_argument("results", type=Path, metavar="RESULTS", help=f"the model: {folder}")
    parser.add_argument(
        "--against",
        type=Path,
        nargs="+",
        required=True,
        metavar="RESULTS",
        help=f"what to compare it with, each a folder of the same kinds; at most {_MOST_BASELINES}",
    )
    parser.add_argument(
        "--benchmark", metavar="NAME", help='only what this benchmark takes, as "MTEB(eng, v2)"'
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write here, not to stdout")


def run(args: argparse.Namespace) -> ExitCode:
    """Read the folders, compare, and say it.

    Raises:
        CannotReadResults: a folder holds no usable results.
        UsageError: mteb knows no such benchmark, or there are too many baselines.
        CannotWriteComment: the output file cannot be written.
    """
    if len(args.against) > _MOST_BASELINES:
        raise UsageError(
            f"--against names {len(args.against)} baselines", f"name at most {_MOST_BASELINES}"
        )
    index = mteb_index()
    scope = _scope(args.benchmark, index) if args.benchmark else None
    candidate = read_results(args.results, facts_in(index))
    facts_of = facts_also_in(candidate, facts_in(index))
    comparison = compare(candidate, [read_results(p, facts_of) for p in args.against], scope)
    if candidate.report and not scope:
        comment = comment_on_report(candidate.report, comparison)
    else:
        comment = comment_on_comparison(comparison)
    _write(comment, args.output)
    return ExitCode.OK


def _scope(benchmark: str, index: MtebIndex) -> Scope:
    name = index.benchmark_aliases.get(benchmark, benchmark)
    found = index.benchmark(name)
    if found:
        return scope_of(found)
    near = nearest(benchmark, [*index.benchmark_names, *index.benchmark_aliases])
    raise UsageError(
        f"mteb {index.mteb_version} has no benchmark {shown(benchmark)}",
        f"did you mean {near!r}?" if near else "`mteb available-benchmarks` lists them all",
    )


def _write(comment: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(comment)
        return
    try:
        output.write_text(comment, encoding="utf-8")
    except OSError as error:
        raise CannotWriteComment(f"{output}: {error.strerror}") from error
