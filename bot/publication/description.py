"""What the pull request on the Hub says: what was measured, what it changes, and how to reproduce it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.bounded import Section, bounded
from bot.card.card import CHART, README, RESULTS
from bot.card.eval_results import FOLDER
from bot.finetuned.provenance import how_trained
from bot.finetuned.sentences import contamination_warning, trained_from
from bot.finetuned.tables import side_by_side_sections
from bot.how_measured import how_measured
from bot.markdown import code, fenced, table_head, table_row
from bot.model_results import results_of_report
from bot.publication.facts import MARKER
from bot.report import Report
from bot.scores import TaskScores
from bot.sentences import counted, points
from bot.tuned_weights.names import is_model_file, is_weights
from schemas.problem import shown

TITLE = "Add MTEB results"
UPDATE = "Update MTEB results"
_LIMIT = 20_000  # bytes; it is the message of the first commit too
_MOST_NOTES = 20
_PACKAGE, _VERSION = re.compile(r"[A-Za-z0-9._-]{1,60}"), re.compile(r"[A-Za-z0-9.!+_-]{1,40}")


def describe(
    report: Report, paths: Sequence[str], notes: Sequence[str] = (), source_url: str = ""
) -> str:
    """Markdown of the pull request's first comment, ended by the bot's marker.

    `paths` are the files it puts in the repository, `notes` sentences for the model's author.
    """
    reproduced = Section("\n\n".join(["### How to reproduce it", *_steps(report, source_url)]))
    return bounded(
        [
            Section(_measured(report, source_url)),
            _scores(report),
            *(side_by_side_sections(report.finetuned, "") if report.finetuned else []),
            Section("\n".join(["### What it changes", "", *_changes(paths)])),
            *([Section("### Please look at", _items(notes), importance=1)] if notes else []),
            reproduced,
            *([replace(trained, outro="")] if (trained := how_trained(report)) else []),
            replace(how_measured(report), outro=""),
            Section(f"{_ABOUT_US}\n\n{MARKER}"),
        ],
        _LIMIT,
    )


_ABOUT_US = (
    "Later results update this pull request, and so does a change on `main`; your own commits to it are kept. "
    "If you close it, the bot opens no other."
)


def _measured(report: Report, source_url: str) -> str:
    packages, hardware = report.provenance["packages"], report.provenance["hardware"]
    asked = f", as asked for in {source_url}" if source_url else ""
    warning = contamination_warning(report.finetuned)
    tuned = report.finetuned
    of = "with the weights whose digest begins with" if tuned else "at revision"
    opening = (f"{warning}\n\n" if warning else "") + (f"{trained_from(tuned)} " if tuned else "")
    return opening + (
        f"Results of {counted(len(_scored(report)), 'task')} for {code(report.model)} {of} "
        f"{code(report.revision)}, measured with mteb {code(packages.get('mteb', 'of unknown version'))} on "
        f"{code(hardware['name'])}{asked}."
    )


def _scores(report: Report) -> Section:
    rows = [
        [code(task.task), code(task.task_type), code(task.main_metric), points(task.main_score)]
        for task in _scored(report)
    ]
    return Section(
        "Main scores in points (times 100), averaged over a task's subsets:",
        tuple(map(table_row, rows)),
        table_head(["Task", "Type", "Main metric", "Score"], ["left", "left", "left", "right"]),
        where=f"; {code(RESULTS)} has all",
    )


def _scored(report: Report) -> Sequence[TaskScores]:
    return list(results_of_report(report).tasks.values())


def _changes(paths: Sequence[str]) -> Iterator[str]:
    yield (
        f"- {code(README)}: one block between two markers, and the metadata that the Hub reads, "
        "`model-index` among it. Every other line stays as you wrote it."
    )
    results = [path for path in paths if path.startswith(RESULTS) and path != CHART]
    chart = f", and the chart in the block, {code(CHART)}" if CHART in paths else ""
    yield f"- {code(RESULTS)}: {counted(len(results), 'file')}, every result as mteb wrote it{chart}."
    if model := [path for path in paths if is_model_file(path)]:
        weights = ", ".join(code(path) for path in model if is_weights(path))
        yield f"- the model itself, {counted(len(model), 'file')}, its weights in {weights}: what was measured."
    if entries := [path for path in paths if path.startswith(f"{FOLDER}/")]:
        files = counted(len(entries), "file")
        yield f"- {code(f'{FOLDER}/')}: {files}, from which the Hub fills its leaderboards."


def _items(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"- {note}" for note in notes[:_MOST_NOTES])


def _steps(report: Report, source_url: str) -> Iterator[str]:
    found = report.provenance
    at = f" at commit {code(found['head_sha'])}" if found["head_sha"] else ""
    where = f", from {source_url}{at}" if source_url else ""
    yield f"With the config file whose SHA-256 is {code(found['config_sha256'])}{where}:"
    yield fenced("\n".join([*_install(report), shown(found["command"], 2000)]))


def _install(report: Report) -> Iterator[str]:
    """The command that installs the versions in use; whatever is no plain name and version is left out."""
    pinned = [
        f"{name}=={version}"
        for name, version in report.provenance["packages"].items()
        if _PACKAGE.fullmatch(name) and _VERSION.fullmatch(version)
    ]
    if pinned:
        yield f"pip install {' '.join(pinned)}"
