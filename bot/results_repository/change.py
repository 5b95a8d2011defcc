"""What a results repository lacks of a candidate, as files to write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.results_repository.candidate import Candidate
from bot.results_repository.layout import META, SETTINGS, digest, revision_folder
from bot.results_repository.model_meta import meta_content
from bot.results_repository.rules import Finding, findings
from bot.results_repository.run_settings import Scope, appended, scopes_of
from bot.results_repository.task_case import TaskCase, cases_of
from schemas.mteb_index import MtebIndex

Kind = Literal["new", "merged"]


@dataclass(frozen=True)
class Shelf:
    """What the repository holds of a model at one commit of its base branch.

    `revisions` maps a revision to its files (name → blob SHA). `contents` holds the files of our
    revision that have the name of one of ours.
    """

    commit: str
    tree: str
    revisions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)

    def files(self, revision: str) -> Mapping[str, str]:
        """The files of one revision."""
        return self.revisions.get(revision, {})


@dataclass(frozen=True)
class TaskChange:
    """A task that goes in: its main score (mean over what is new), how, and on which data."""

    task: str
    kind: Kind
    scores: tuple[float, ...]
    dataset_revision: str


@dataclass(frozen=True)
class Change:
    """Files by path; the tasks in them, those the repository has already, and what is left out or doubtful."""

    files: Mapping[str, bytes]
    tasks: tuple[TaskChange, ...] = ()
    present: tuple[str, ...] = ()
    left_out: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """One name for these files, whatever they are committed on."""
        return digest(self.files)


def wanted_names(candidate: Candidate) -> frozenset[str]:
    """The files of the repository whose content decides anything."""
    return frozenset({SETTINGS} | {f"{file.task}.json" for file in candidate.files})


def change_for(candidate: Candidate, shelf: Shelf, index: MtebIndex) -> Change:
    """What `shelf` lacks and the rules allow."""
    cases = _cases(candidate, shelf, index)
    found = {case.task: findings(case) for case in cases}
    left_out = {task for task, list_ in found.items() if _has_error(list_)}
    allowed = [case for case in cases if case.task not in left_out]
    going = [case for case in allowed if case.lacking]
    return Change(
        files=_files(candidate, shelf, going) if going else {},
        tasks=tuple(_task_change(case) for case in going),
        present=tuple(case.task for case in allowed if not case.lacking),
        left_out=tuple(f for list_ in found.values() for f in list_ if f.rule.severity == "error"),
        warnings=tuple(f for case in going for f in found[case.task]),
    )


def _cases(candidate: Candidate, shelf: Shelf, index: MtebIndex) -> list[TaskCase]:
    names = {file.task: f"{file.task}.json" for file in candidate.files}
    held = shelf.files(candidate.revision)
    # A file that was not read is nothing to merge with, but it is there.
    there = {task: shelf.contents.get(name, b"") for task, name in names.items() if name in held}
    elsewhere = {
        task: tuple(
            revision
            for revision, others in shelf.revisions.items()
            if revision != candidate.revision and name in others
        )
        for task, name in names.items()
    }
    known = {task: index.task(task) for task in names}
    return cases_of(candidate, known, there, elsewhere)


def _has_error(found: list[Finding]) -> bool:
    return any(finding.rule.severity == "error" for finding in found)


def _files(candidate: Candidate, shelf: Shelf, going: list[TaskCase]) -> dict[str, bytes]:
    folder = revision_folder(candidate.model, candidate.revision)
    files = {f"{folder}/{case.task}.json": case.content for case in going}
    scopes: list[Scope] = [scope for case in going for scope in scopes_of(case.task, case.lacking)]
    held = shelf.contents.get(SETTINGS, b"")
    settings = appended(held, candidate.settings, scopes)
    unread = SETTINGS in shelf.files(candidate.revision) and SETTINGS not in shelf.contents
    if settings != held and not unread:
        files[f"{folder}/{SETTINGS}"] = settings
    if META not in shelf.files(candidate.revision):
        files[f"{folder}/{META}"] = meta_content(candidate.meta)
    return files


def _task_change(case: TaskCase) -> TaskChange:
    result = case.file.data
    new = set(case.lacking)
    scores = tuple(
        entry["main_score"]
        for split, entries in result["scores"].items()
        for entry in entries
        if (split, entry["hf_subset"]) in new
    )
    return TaskChange(
        case.task, "new" if case.theirs is None else "merged", scores, result["dataset_revision"]
    )
