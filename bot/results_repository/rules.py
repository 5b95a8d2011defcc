"""The rules of the results repository, checked before anything is sent: one table.

They are those of embeddings-benchmark/results: tests/test_*.py, tests/run_settings_check.py and
.github/workflows/check_file_sizes.yml there, and mteb's own conditions for merging two results.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging.version import Version

from bot.results_repository.layout import LARGEST_FILE
from bot.results_repository.merge import oldest_version, removed, repeated_places, versions_of
from bot.results_repository.run_settings import mteb_version_in, scopes_of
from bot.results_repository.task_case import TaskCase, written
from schemas.problem import Severity, shown
from schemas.strict_json import parse_strict_json

OLDEST_MTEB = Version("2.14.0")  # the first that writes run_settings.jsonl
_MOST_NAMED = 5


@dataclass(frozen=True)
class Rule:
    """A rule for one task. `check` says how a case breaks it, or nothing. An error leaves the task out."""

    id: str
    severity: Severity
    what: str
    why: str
    fix: str
    check: Callable[[TaskCase], str]


@dataclass(frozen=True)
class Finding:
    """A rule that a task breaks, and how."""

    rule: Rule
    task: str
    detail: str


def findings(case: TaskCase) -> list[Finding]:
    """What a case breaks: the first error alone, since later rules build on earlier ones, or every warning."""
    warnings = []
    for rule in RULES:
        if detail := rule.check(case):
            finding = Finding(rule, case.task, detail)
            if rule.severity == "error":
                return [finding]
            warnings.append(finding)
    return warnings


def _official(case: TaskCase) -> str:
    return "it is a custom task" if case.file.custom else ""


def _known(case: TaskCase) -> str:
    return "" if case.known else "mteb knows no task of this name"


def _readable(case: TaskCase) -> str:
    return case.file.unusable and f"the file {case.file.unusable}"


def _valid(case: TaskCase) -> str:
    if case.schema_violation:
        return case.schema_violation
    if not case.lacking and not case.theirs:
        return "it holds no score"
    if twice := repeated_places(case.file.data):
        return f"it holds {_listed(twice)} twice"
    return ""


def _named_alike(case: TaskCase) -> str:
    name = case.file.data["task_name"]
    return "" if name == case.task else f"the file holds the result of {shown(name, 120)}"


def _recent(case: TaskCase) -> str:
    versions = versions_of(case.file.data)
    old = _too_old(versions[place] for place in case.lacking)
    return f"it was evaluated with mteb {_listed(old)}" if old else ""


def _has_settings(case: TaskCase) -> str:
    missing = [
        f"{split}/{subset}"
        for task, split, subset in scopes_of(case.task, case.lacking)
        if _too_old([mteb_version_in(case.settings.get((task, split, subset), {}))])
    ]
    return f"run_settings.jsonl does not describe {_listed(missing)}" if missing else ""


def _mergeable(case: TaskCase) -> str:
    if case.there is None or case.theirs is not None:
        return ""
    return "the repository's file is not in the shape of today's mteb"


def _same_data(case: TaskCase) -> str:
    if case.theirs is None:
        return ""
    there, here = case.theirs["dataset_revision"], case.file.data["dataset_revision"]
    return (
        "" if there == here else f"the data set is at {shown(there)} there, at {shown(here)} here"
    )


def _same_scores(case: TaskCase) -> str:
    return _listed(case.difference.differing)


def _kept(case: TaskCase) -> str:
    return "" if case.theirs is None else _listed(removed(case.theirs, case.result))


def _small(case: TaskCase) -> str:
    size = len(case.content)
    return f"it has {size / 2**20:.1f} MiB" if size > LARGEST_FILE else ""


def _strict(case: TaskCase) -> str:
    try:
        parse_strict_json(written(case.file.data, indent=None))
    except ValueError as error:
        return str(error)
    return ""


def _one_revision(case: TaskCase) -> str:
    if not case.elsewhere or not case.lacking:
        return ""
    return f"the repository has this task also at revision {_listed(case.elsewhere)}"


def _others_recent(case: TaskCase) -> str:
    if case.theirs is None or not case.lacking:
        return ""
    old = _too_old(versions_of(case.theirs).values())
    return f"other scores in the same file come from mteb {_listed(old)}" if old else ""


def _too_old(versions: Iterable[str | None]) -> list[str]:
    """Those that are too old or say nothing."""
    read = {version: oldest_version(version) for version in versions}
    return sorted(
        shown(version or "of an unknown version")
        for version, parsed in read.items()
        if parsed is None or parsed < OLDEST_MTEB
    )


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(shown(name, 150) for name in every[:_MOST_NAMED]) + more


RULES = (
    Rule("official-task", "error", "The task is one of mteb's own.",
         "The repository holds official tasks; a custom one means nothing to its readers.",
         "contribute the task to mteb first; its scores stay in the model card", _official),
    Rule("known-task", "error", "mteb knows the task.",
         "The repository's loader skips files of unknown tasks.",
         "name the file as mteb names the task", _known),
    Rule("readable-file", "error", "The file is plain JSON.",
         "Every reader of the repository parses every file.",
         "evaluate the task again", _readable),
    Rule("task-result", "error", "The file is a valid TaskResult whose main scores are numbers, each subset once.",
         "mteb loads every file; a score that is not a number cannot be averaged.",
         "evaluate the task again with a current mteb", _valid),
    Rule("task-name", "error", "The file is named after the task in it.",
         "test_task_name_matches_filename.py fails otherwise.",
         "name the file `<task_name>.json`", _named_alike),
    Rule("mergeable-file", "error", "A file that exists can be merged with.",
         "Files of others are never overwritten.",
         "ask the maintainers of the repository to bring the file into today's shape", _mergeable),
    Rule("same-data", "error", "A file that exists was measured on the same revision of the data set.",
         "Scores on two revisions of the data do not belong into one file; mteb refuses to merge them.",
         "settle with the maintainers of the repository which revision counts", _same_data),
    Rule("same-scores", "error", "Where both have a score of a subset, it is the same.",
         "test_results_diff.py fails when a score changes by more than 0.001, and scores of others are never overwritten.",
         "find out which measurement is right; a maintainer of the repository can replace the file", _same_scores),
    Rule("mteb-version", "error", f"Every score was computed with mteb {OLDEST_MTEB} or later.",
         "run_settings_check.py refuses new scores of older versions.",
         "evaluate the task again with a current mteb", _recent),
    Rule("run-settings", "error", "run_settings.jsonl describes every new score.",
         "run_settings_check.py wants packages and options of each split and subset.",
         "submit the output folder of `mteb-runner evaluate`, or put mteb's run_settings.jsonl beside the results", _has_settings),
    Rule("kept-scores", "error", "No split, subset, language or score is taken away.",
         "test_no_splits_are_removed.py and test_no_languages_are_removed.py fail otherwise.",
         "report this as a mistake of the bot", _kept),
    Rule("file-size", "error", f"The file has at most {LARGEST_FILE // 2**20} MiB.",
         "check_file_sizes.yml refuses larger ones.",
         "leave per-sample details out of the result", _small),
    Rule("strict-json", "error", "What we add is strict JSON, not nested too deep.",
         "NaN and Infinity are no JSON: many parsers refuse the whole file.",
         "evaluate the task again", _strict),
    Rule("one-revision", "warning", "The task stands under one revision of the model.",
         "test_duplicate_results.py fails while a task has results under two revisions.",
         "settle with the maintainers which revision stays; the bot deletes nothing", _one_revision),
    Rule("merged-version", "warning", f"What is merged into was computed with mteb {OLDEST_MTEB} or later too.",
         "run_settings_check.py looks at every score of a changed file, older ones included.",
         "ask the maintainers to let the older scores pass, or evaluate those subsets again too", _others_recent),
)  # fmt: skip
