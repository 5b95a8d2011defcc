"""What the local GitHub knows besides git content. Everything here can be copied deeply."""

from dataclasses import dataclass, field
from typing import Any

from tests.standins.git_repository import GitRepository
from tests.standins.github.tokens import Token

ROLES = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass
class User:
    """A person, a bot (its login ends in `[bot]`) or an organization."""

    id: int
    login: str
    kind: str = "User"
    name: str | None = None


@dataclass
class Comment:
    """One entry of a conversation. `minimized` is a reason, None where it is shown."""

    id: int
    author: str
    body: str
    created_at: str
    updated_at: str
    minimized: str | None = None


@dataclass
class Review:
    """A verdict on a pull request: APPROVED, CHANGES_REQUESTED, COMMENTED or PENDING."""

    id: int
    author: str
    body: str
    state: str
    commit_id: str
    submitted_at: str


@dataclass
class Label:
    """A label that a repository has. Names differ in more than case."""

    id: int
    name: str
    color: str
    description: str | None = None


@dataclass
class Pull:
    """A pull request; `labels` are names. `head_repository` is None once the fork is deleted.

    `base_sha` is where the base was when the head last moved, `base_tip` where it is now.
    """

    id: int
    number: int
    title: str
    body: str | None
    author: str
    head_repository: str | None
    head_owner: str
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    base_tip: str
    created_at: str
    updated_at: str
    state: str = "open"
    draft: bool = False
    maintainer_can_modify: bool = True
    closed_at: str | None = None
    merged_at: str | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


@dataclass
class CheckRun:
    """A check of one commit by one app; `output` has title, summary and text."""

    id: int
    name: str
    head_sha: str
    app: str
    status: str
    started_at: str
    conclusion: str | None = None
    completed_at: str | None = None
    external_id: str = ""
    details_url: str | None = None
    output: dict[str, str | None] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Status:
    """A commit status; of one context the latest counts."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created_at: str


@dataclass
class WorkflowRun:
    """One run of a workflow file, made by a dispatch or by a test.

    `name` is the workflow's; None until somebody has read the file. Of a run that is `managed` somebody acts as
    the runner, who sees `cancel_requested` and ends it.
    """

    id: int
    number: int
    path: str
    event: str
    head_branch: str
    head_sha: str
    actor: str
    created_at: str
    updated_at: str
    status: str = "queued"
    conclusion: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    head_repository: str = ""
    name: str | None = None
    managed: bool = False
    cancel_requested: bool = False
    title: str = ""  # from the workflow's `run-name`; where that is not given, the commit's


@dataclass
class Artifact:
    """A zip that a run left; `content` None once it has expired."""

    id: int
    name: str
    run_id: int
    content: bytes | None
    created_at: str


@dataclass
class Repository:
    """A repository with all that hangs on it. Collaborators: login → role; the owner is admin."""

    id: int
    owner: str
    name: str
    git: GitRepository
    created_at: str
    private: bool = False
    description: str | None = None
    parent: str | None = None
    default_branch: str = "main"
    empty_until: int = 0  # the number of the request from which on its git content is there
    last_number: int = 0
    collaborators: dict[str, str] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    pulls: dict[int, Pull] = field(default_factory=dict)
    checks: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    runs: list[WorkflowRun] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    def label(self, name: str) -> Label | None:
        """The label of that name, in whatever case."""
        return next((x for x in self.labels if x.name.lower() == name.lower()), None)

    def role(self, login: str | None) -> str:
        """What a person may do here: one of ROLES."""
        if login is None:
            return "none" if self.private else "read"
        if login == self.owner:
            return "admin"
        return self.collaborators.get(login, "none" if self.private else "read")


@dataclass
class World:
    """All users, tokens and repositories (by full name in lower case)."""

    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    last_id: int = 1000
    requests: int = 0
    dated_commits: bool = (
        False  # commits made over the API are of now, as on GitHub: no two are equal
    )
    slow_forks: int = 0  # how many requests a new fork stays without git content
    most_tree_entries: int = 100_000  # GitHub's limit of a recursive tree; a test may lower it

    def next_id(self) -> int:
        """A number nothing else has; later things get larger ones."""
        self.last_id += 1
        return self.last_id

    def next_request(self) -> int:
        """The number of a request."""
        self.requests += 1
        return self.requests

    def repository(self, full_name: str) -> Repository:
        """The repository of that name, in whatever case.

        Raises:
            KeyError: there is none.
        """
        return self.repositories[full_name.lower()]

    def network(self, repository: Repository) -> list[Repository]:
        """The repository that it was forked from, if any, and all forks of that one, itself included."""
        root = repository.parent or repository.full_name
        return [x for x in self.repositories.values() if root in {x.full_name, x.parent}]
