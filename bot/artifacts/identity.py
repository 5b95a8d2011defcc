"""Whose evaluation a run is: read from what GitHub itself says of the run, never from what the run left."""

from dataclasses import dataclass

from bot.commanding.runs import EVALUATE_PATH, EVENT, subject_in
from bot.conversation.subject import Subject
from schemas.errors import CommandError
from schemas.problem import shown


class NotAnEvaluation(CommandError):
    """A run is none of the board's own evaluations, so nothing may be said or published in its name."""


class NotOverYet(CommandError):
    """The evaluation still runs."""


@dataclass(frozen=True)
class RunFacts:
    """A workflow run as GitHub's API tells of it. Times are ISO 8601 in UTC.

    `of_default_branch`: the commit that it ran from is part of the default branch. Its `head_branch` does not say so:
    that may as well be a tag of the same name.
    """

    id: int
    path: str
    event: str
    head_branch: str
    title: str
    repository: str
    head_repository: str
    default_branch: str
    of_default_branch: bool
    status: str
    conclusion: str
    started_at: str
    ended_at: str


@dataclass(frozen=True)
class Identity:
    """What was evaluated, and by which run. `request` is the digest of what was asked beyond the config."""

    run: int
    subject: Subject
    request: str


def identity_of(run: RunFacts) -> Identity:
    """The identity that a finished evaluation of the board itself has.

    Raises:
        NotAnEvaluation: it is another workflow, another branch's or another repository's, or has no title of ours.
        NotOverYet: it is not completed.
    """
    ours = {
        "path": run.path in _paths(run),
        "event": run.event == EVENT,
        "branch": run.head_branch == run.default_branch,
        "commit": run.of_default_branch,
        "repository": run.head_repository == run.repository,
    }
    if wrong := [what for what, right in ours.items() if not right]:
        raise _none(run, f"by its {' and its '.join(wrong)}")
    found = subject_in(run.title)
    if found is None:
        raise _none(run, f"its title is {shown(run.title, 200)}")
    if run.status != "completed":
        raise NotOverYet(f"run {run.id} is {shown(run.status)}", "wait until it has ended")
    subject, request = found
    return Identity(run.id, subject, request)


def _paths(run: RunFacts) -> tuple[str, ...]:
    """How GitHub may name the workflow's file, with or without the branch that it was taken from."""
    branch = run.default_branch
    return EVALUATE_PATH, f"{EVALUATE_PATH}@{branch}", f"{EVALUATE_PATH}@refs/heads/{branch}"


def _none(run: RunFacts, why: str) -> NotAnEvaluation:
    return NotAnEvaluation(
        f"run {run.id} is no evaluation of this board: {why}",
        f"name a run of {EVALUATE_PATH} on the default branch, started by a dispatch",
    )
