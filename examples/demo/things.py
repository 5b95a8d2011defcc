"""What the local GitHub and Hub hold, as frozen data; all texts as they were written, so untrusted."""

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
