"""What happened between two looks at the world: pure."""

from collections.abc import Iterator, Mapping

from examples.demo.news import (
    Checked,
    Closed,
    Commented,
    Committed,
    Edited,
    JobEnded,
    Labelled,
    Merged,
    News,
    ProposalChanged,
    ProposalEnded,
    Proposed,
    PullOpened,
    Pushed,
    RunEnded,
    RunStarted,
)
from examples.demo.sighting import Sighting
from examples.demo.things import Check, Comment, FileChange, Label, Pull, Run

Begun = Mapping[tuple[int, str], float]  # (run, job's name or "") → when it was first seen at work
_ENDS = frozenset({"merged", "closed"})


def happened(
    before: Sighting, after: Sighting, at: float, bot: str, begun: Begun
) -> Iterator[News]:
    """The news of `after`, in the order in which a person would tell them.

    `bot` is the login that labels and commits to main; `begun` says when the runs and jobs that are known began.
    """
    yield from _pull_news(before.pull, after.pull, at, bot)
    yield from _run_news(before, after, at, begun)
    yield from _check_news(before, after, at)
    merge = after.pull.merge_sha if after.pull else None
    for commit in after.main[len(before.main) :]:
        if commit.sha != merge:
            yield Committed(at, bot, commit)
    yield from _hub_news(before, after, at)


def _pull_news(before: Pull | None, after: Pull | None, at: float, bot: str) -> Iterator[News]:
    if after is None:
        return
    if before is None or before.number != after.number:
        yield PullOpened(at, after.author, after)
        known: tuple[Comment, ...] = ()
        labels: tuple[Label, ...] = ()
    else:
        known, labels = before.comments, before.labels
        if before.sha != after.sha:
            old = {commit.sha for commit in before.commits}
            new = tuple(commit for commit in after.commits if commit.sha not in old)
            yield Pushed(at, after.author, new, _between(before.files, after.files))
    yield from _comment_news({comment.id: comment for comment in known}, after.comments, at)
    added = tuple(label for label in after.labels if label not in labels)
    removed = tuple(label for label in labels if label not in after.labels)
    if added or removed:
        yield Labelled(at, bot, added, removed)
    if after.state in _ENDS and (before is None or before.state != after.state):
        merged = after.state == "merged"
        yield Merged(at, after.merged_by or "", after) if merged else Closed(at, "", after)


def _between(
    before: tuple[FileChange, ...], after: tuple[FileChange, ...]
) -> tuple[FileChange, ...]:
    """What differs between two states of a branch, each told as its difference from the base."""
    old, new = ({file.path: file for file in files} for files in (before, after))
    found = []
    for path in sorted(old | new):
        base = (old.get(path) or new[path]).before
        was, now = (x[path].after if path in x else base for x in (old, new))
        if was != now:
            found.append(FileChange(path, was, now))
    return tuple(found)


def _comment_news(
    known: Mapping[int, Comment], comments: tuple[Comment, ...], at: float
) -> Iterator[News]:
    for comment in comments:
        if comment.id not in known:
            yield Commented(at, comment.author, comment)
        elif (before := known[comment.id].body) != comment.body:
            yield Edited(at, comment.author, comment, before)


def _run_news(before: Sighting, after: Sighting, at: float, begun: Begun) -> Iterator[News]:
    known = {run.id: run for run in before.runs}
    for run in after.runs:
        old = known.get(run.id)
        if old is None:
            yield RunStarted(at, run.actor, run)
        yield from _job_news(old, run, at, begun)
        if run.status == "completed" and (old is None or old.status != "completed"):
            yield RunEnded(at, run.actor, run, at - begun.get((run.id, ""), at))


def _job_news(before: Run | None, after: Run, at: float, begun: Begun) -> Iterator[News]:
    ended = {job.name for job in before.jobs if job.status == "completed"} if before else set()
    for job in after.jobs:
        if job.status == "completed" and job.name not in ended:
            seconds = at - begun.get((after.id, job.name), at)
            yield JobEnded(at, after.actor, after, job, seconds)


def _check_news(before: Sighting, after: Sighting, at: float) -> Iterator[News]:
    known = {check.id: check for check in before.checks}
    for check in after.checks:
        if known.get(check.id) != check:
            yield Checked(at, check.app, check, _annotated(after, check))


def _annotated(after: Sighting, check: Check) -> tuple[FileChange, ...]:
    paths = dict.fromkeys(one.path for one in check.annotations)
    return tuple(FileChange(path, None, after.read(check.sha, path)) for path in paths)


def _hub_news(before: Sighting, after: Sighting, at: float) -> Iterator[News]:
    known = {proposal.number: proposal for proposal in before.proposals}
    for proposal in after.proposals:
        old = known.get(proposal.number)
        if old is None:
            yield Proposed(at, proposal.author, proposal)
        if proposal.status in _ENDS and (old is None or old.status != proposal.status):
            yield ProposalEnded(at, proposal.model.partition("/")[0], proposal)
        elif old not in (None, proposal):
            yield ProposalChanged(at, proposal.author, proposal)
