"""What can happen in the story, as frozen data: one class for each kind of event.

`at` is seconds since the story began, `who` a login. All texts are as they were written, so untrusted.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileChange:
    """A file before and after; None where there is none."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True)
class Label:
    """A label; colour as six hex digits."""

    name: str
    colour: str


@dataclass(frozen=True)
class Comment:
    """An entry of a conversation."""

    id: int
    author: str
    body: str


@dataclass(frozen=True)
class Annotation:
    """A remark on a line of a file."""

    path: str
    line: int
    level: str
    title: str
    message: str


@dataclass(frozen=True)
class Check:
    """A check run; `conclusion` None as long as it is open."""

    id: int
    name: str
    app: str
    sha: str
    status: str
    conclusion: str | None
    title: str
    summary: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True)
class Commit:
    """A commit with what it changed."""

    sha: str
    message: str
    author: str
    files: tuple[FileChange, ...]


@dataclass(frozen=True)
class Job:
    """A job of a run; `conclusion` None as long as it is open."""

    name: str
    status: str
    conclusion: str | None


@dataclass(frozen=True)
class Run:
    """A run of a workflow; `conclusion` None as long as it is open."""

    id: int
    workflow: str
    event: str
    actor: str
    status: str
    conclusion: str | None
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True)
class Pull:
    """A pull request of the board; `files` are those it changes, `head` is `owner:branch`."""

    number: int
    title: str
    body: str
    author: str
    head: str
    base: str
    sha: str
    state: str
    merged_by: str | None
    merge_sha: str | None
    labels: tuple[Label, ...]
    comments: tuple[Comment, ...]
    commits: tuple[Commit, ...]
    files: tuple[FileChange, ...]


@dataclass(frozen=True)
class Proposal:
    """A pull request on the Hub; the first of `comments` is its description."""

    model: str
    number: int
    title: str
    author: str
    status: str
    sha: str
    comments: tuple[str, ...]
    files: tuple[FileChange, ...]


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
