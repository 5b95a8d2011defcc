"""Everything published in a model's repository on the Hub, from its README as it is and a report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.card.axes import axes_of
from bot.card.block import with_block
from bot.card.eval_results import Source, eval_result_files
from bot.card.file_names import file_name
from bot.card.front_matter import Metadata, with_metadata
from bot.card.model_index import model_index_results
from bot.card.radar import radar_chart
from bot.card.readme import Readme, read_readme
from bot.card.section import results_section
from bot.finetuned.sentences import contamination_mark
from bot.markdown import code
from bot.report import Report
from bot.scores import TaskScores
from bot.sentences import counted
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown

README = "README.md"
RESULTS = "mteb_results/"
MOST_RESULTS = 2000  # one task, FloresBitextMining, has 41,000 language pairs: no README wants them
CHART = f"{RESULTS}radar.png"
_TUNED_TAGS = ("sentence-transformers", "feature-extraction")  # of a card that has none yet
# Loaders that the Hub knows as libraries; naming another would hide the usage hint it finds by itself.
_HUB_LIBRARIES = {"sentence-transformers": "sentence-transformers"}


class CannotWriteCard(CommandError):
    """The report holds nothing that may stand on a model card."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Card:
    """Files by path in the model repository, and what could not be done and why, in sentences."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()


def write_card(
    readme: bytes | None,
    report: Report,
    *,
    iso_639_1: Mapping[str, str],
    publish_radar: bool = True,
    publish_eval_results: bool = True,
    source: Source | None = None,
) -> Card:
    """The card's files; from the same README and report, or from its own output, always the same bytes.

    `readme` is README.md as it is, None where there is none. `iso_639_1` maps ISO 639-3 codes to the
    two-letter codes that the Hub prefers. `source` links the `.eval_results` to their evidence.

    Raises:
        CannotWriteCard: a smoke report, or no task with a score.
        CannotReadReadme: not UTF-8, or too large.
    """
    report, scores = _measured(report)
    files: dict[str, bytes] = {}
    if publish_radar:
        axes = axes_of({report.model: scores})
        files[CHART] = radar_chart(axes.series, report.model, axes.what)
    for task in scores:
        result = json.dumps(task.result, indent=2, allow_nan=False)
        files[f"{RESULTS}{file_name(task.task)}.json"] = f"{result}\n".encode()
    listed, notes = fit_for_metadata(scores)
    mark = contamination_mark(report.finetuned)
    if publish_eval_results:
        # A custom task is no task of the data set's own benchmark, even where its data set is on the Hub.
        own = {outcome.task for outcome in report.outcomes if outcome.custom}
        entries = eval_result_files(
            (task for task in listed if task.task not in own),
            finished_at=report.finished_at,
            source=source,
            mark=mark,
        )
        files.update({path: text.encode() for path, text in entries.items()})
    metadata = Metadata(
        report.model,
        _defaults(report, iso_639_1),
        RESULTS,
        model_index_results(listed, mark),
        _TUNED_TAGS if report.finetuned else (),
    )
    section = results_section(report, chart=CHART if publish_radar else None, results_path=RESULTS)
    text, of_readme = _readme(readme, report, metadata, section)
    files = {README: text, **dict(sorted(files.items()))}
    return Card(files, (*of_readme, *notes, *_unmeasured(report)))


def _measured(report: Report) -> tuple[Report, list[TaskScores]]:
    """The report with scores only where there is one, and those scores."""
    if report.smoke:
        raise CannotWriteCard(
            "this report is from a smoke run, whose cut-down scores mean nothing",
            "evaluate again without `--smoke`",
        )
    outcomes = tuple(
        outcome if outcome.scores and outcome.scores.subsets else replace(outcome, scores=None)
        for outcome in report.outcomes
    )
    scores = [outcome.scores for outcome in outcomes if outcome.scores]
    if not scores:
        raise CannotWriteCard(
            "no task of this report has a score",
            "mend what the report says has failed, and evaluate again",
        )
    return replace(report, outcomes=outcomes), scores


def _readme(
    content: bytes | None, report: Report, metadata: Metadata, section: str
) -> tuple[bytes, tuple[str, ...]]:
    readme = read_readme(content or b"")
    if not content:
        name = report.model.rpartition("/")[2]
        readme = Readme("", "", f"# {code(name)}\n")
    edited = with_metadata(readme, metadata)
    readme = edited.readme
    placed = with_block(
        readme.body,
        section,
        readme.newline,
        first_line=readme.body_line,
        may_lead=not readme.problem,
    )
    return readme.with_body(placed.body).to_bytes(), (*edited.notes, *placed.notes)


def _defaults(report: Report, iso_639_1: Mapping[str, str]) -> dict[str, str | list[str]]:
    codes = (language.partition("-")[0] for language in report.languages)
    languages = list(dict.fromkeys(shown(iso_639_1.get(code, code)) for code in codes))
    library = _HUB_LIBRARIES.get(report.provenance["loader"], "")
    defaults: dict[str, str | list[str]] = {
        "language": languages[0] if len(languages) == 1 else languages,
        "license": shown(report.license, 64),
        "library_name": library,
        "model_name": report.model,
    }
    if tuned := report.finetuned:
        data = dict.fromkeys(shown(one.name, 200) for one in tuned.data if one.revision)
        defaults |= {
            "pipeline_tag": "sentence-similarity",
            "base_model": tuned.base_model,
            "base_model_relation": "finetune",
            "datasets": list(data),
        }
    return {key: value for key, value in defaults.items() if value}


def fit_for_metadata(scores: Sequence[TaskScores]) -> tuple[list[TaskScores], tuple[str, ...]]:
    """Tasks whose every subset goes into metadata, those with the fewest subsets first; a note on the others."""
    room, kept = MOST_RESULTS, set()
    for task in sorted(scores, key=lambda task: len(task.subsets)):
        room -= len(task.subsets)
        if room >= 0:
            kept.add(task.task)
    if left_out := [task.task for task in scores if task.task not in kept]:
        note = (
            f"More than {MOST_RESULTS:,} results are too many for metadata. In the table, but not in "
            f"model-index and .eval_results: {_named(left_out)}."
        )
        return [task for task in scores if task.task in kept], (note,)
    return list(scores), ()


def _unmeasured(report: Report) -> tuple[str, ...]:
    missing = [outcome.task for outcome in report.outcomes if not outcome.scores]
    if not missing:
        return ()
    without = f"{counted(len(missing), 'task')} without a score left out of the card"
    return (f"{without}: {_named(missing)}.",)


def _named(tasks: Sequence[str], most: int = 20) -> str:
    names = ", ".join(code(task) for task in tasks[:most])
    return f"{names} and {len(tasks) - most:,} more" if len(tasks) > most else names
