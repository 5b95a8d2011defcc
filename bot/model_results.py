"""What is known of one model's scores, wherever it came from: a report, or revision folders in mteb's layout."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.report import Report
from bot.scores import TaskScores

AUTHORS_OWN = "external"  # scores the model's authors reported themselves, imported by mteb
UNKNOWN_REVISION = "no_revision_available"
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Note:
    """Something a reader of the scores should know. `about` is an outside name, `sentence` our own words."""

    about: str
    sentence: str


@dataclass(frozen=True)
class RevisionFolder:
    """The tasks found in one revision folder, and what could not be used there."""

    revision: str
    tasks: Mapping[str, TaskScores]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class ModelResults:
    """Scores of one model by task.

    `revision` is the one that was read; `filled` names the other revision of each task that was missing there.
    `set_aside` maps a folder that was not used to the tasks that stand only there. `report` is
    the runner's report that the scores were read from, if they were.
    """

    model: str
    revision: str
    tasks: Mapping[str, TaskScores]
    filled: Mapping[str, str] = field(default_factory=dict)
    set_aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    report: Report | None = None

    @property
    def smoke(self) -> bool:
        """Whether the scores come from tasks cut down to try the model, and mean nothing."""
        return self.report is not None and self.report.smoke


def short_revision(revision: str) -> str:
    """A commit as people write it; any other name as it is."""
    return revision[:7] if _COMMIT.fullmatch(revision) else revision


def results_of_report(report: Report) -> ModelResults:
    """The tasks of a report that have scores."""
    scored = [outcome.scores for outcome in report.outcomes if outcome.scores]
    tasks = {scores.task: scores for scores in scored if scores.subsets}
    return ModelResults(report.model, report.revision, tasks, report=report)


def results_of_revision(model: str, folder: RevisionFolder) -> ModelResults:
    """One revision folder, as it is."""
    return ModelResults(model, folder.revision, folder.tasks, notes=folder.notes)


def results_of_revisions(model: str, folders: Sequence[RevisionFolder]) -> ModelResults | None:
    """The commit with the most tasks, its gaps filled from the model's other commits; None if nothing can be used.

    A revision that is no commit is used only where there is no commit, and alone. Scores of the authors
    themselves and of an unknown revision are never used: they are counted in `set_aside`.
    """
    trusted = [f for f in folders if f.revision not in {AUTHORS_OWN, UNKNOWN_REVISION} and f.tasks]
    commits = [f for f in trusted if _COMMIT.fullmatch(f.revision)]
    ranked = sorted(commits or trusted, key=lambda f: (-len(f.tasks), f.revision))
    if not ranked:
        return None
    chosen, others = ranked[0], ranked[1:] if commits else []
    tasks, filled = dict(chosen.tasks), {}
    for other in others:
        for task in other.tasks.keys() - tasks.keys():
            tasks[task] = other.tasks[task]
            filled[task] = other.revision
    used = {chosen.revision, *(other.revision for other in others)}
    set_aside = {
        f.revision: tuple(sorted(f.tasks.keys() - tasks.keys()))
        for f in folders
        if f.revision not in used and f.tasks.keys() - tasks.keys()
    }
    notes = tuple(note for f in folders if f.revision in used for note in f.notes)
    return ModelResults(model, chosen.revision, tasks, filled, set_aside, notes)
