"""What can happen in the story, as frozen data: one class for each kind of event.

`at` is seconds since the story began, `who` a login. All texts are as they were written, so untrusted.
"""

from dataclasses import dataclass

from examples.demo.things import Check, Comment, Commit, FileChange, Job, Label, Proposal, Pull, Run


@dataclass(frozen=True)
class News:
    """Something happened."""

    at: float
    who: str


@dataclass(frozen=True)
class PullOpened(News):
    """Somebody proposes a branch."""

    pull: Pull


@dataclass(frozen=True)
class Pushed(News):
    """New commits on the proposed branch; `files` is what changed since the head before."""

    commits: tuple[Commit, ...]
    files: tuple[FileChange, ...]


@dataclass(frozen=True)
class Commented(News):
    """Somebody says something."""

    comment: Comment


@dataclass(frozen=True)
class Edited(News):
    """A comment says something else now; `before` is what it said."""

    comment: Comment
    before: str


@dataclass(frozen=True)
class Labelled(News):
    """Labels came and went."""

    added: tuple[Label, ...]
    removed: tuple[Label, ...]


@dataclass(frozen=True)
class Checked(News):
    """A check run began or changed; `files` are those its annotations are about, as the commit has them."""

    check: Check
    files: tuple[FileChange, ...]


@dataclass(frozen=True)
class RunStarted(News):
    """A workflow runs."""

    run: Run


@dataclass(frozen=True)
class RunEnded(News):
    """A workflow's run has ended, after `seconds`."""

    run: Run
    seconds: float


@dataclass(frozen=True)
class JobEnded(News):
    """A job of a run has ended, after `seconds`."""

    run: Run
    job: Job
    seconds: float


@dataclass(frozen=True)
class Logged(News):
    """A job wrote a line that belongs to the story."""

    job: str
    line: str


@dataclass(frozen=True)
class Merged(News):
    """The pull request is on the default branch."""

    pull: Pull


@dataclass(frozen=True)
class Closed(News):
    """The pull request was closed without a merge."""

    pull: Pull


@dataclass(frozen=True)
class Committed(News):
    """A commit on the default branch beside a merge."""

    commit: Commit


@dataclass(frozen=True)
class Proposed(News):
    """A pull request on the Hub was opened."""

    proposal: Proposal


@dataclass(frozen=True)
class ProposalChanged(News):
    """Its commits, its description or its title changed."""

    proposal: Proposal


@dataclass(frozen=True)
class ProposalEnded(News):
    """It was merged or closed."""

    proposal: Proposal


@dataclass(frozen=True)
class Printed(News):
    """What a command or a job wrote, as plain text."""

    command: str
    text: str


@dataclass(frozen=True)
class Act:
    """A part of the story, in the order in which it happened."""

    title: str
    lead: str
    at: float
    news: tuple[News, ...]


@dataclass(frozen=True)
class Story:
    """All of it, and how the pull request stands at its end."""

    board: str
    pull: Pull
    acts: tuple[Act, ...]
    seconds: float
