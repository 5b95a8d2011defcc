"""A merged pull request, and the default branch that its results go to, as GitHub has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from github.PullRequest import PullRequest

from bot.acceptance.candidates import MergedPull
from bot.acceptance.change import BoardFacts, CommitResults
from bot.conversation.facts import own_comments
from bot.github_api import conversation_shapes as shapes
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.git_objects import GitObjects
from bot.github_api.submission import GithubCommit
from bot.results_repository.layout import LARGEST_FILE, SETTINGS
from bot.retry import MaybeApplied, Trouble
from bot.submitted_files.paths import configs_among
from schemas.errors import CommandError, ExitCode, UsageError

Answer = TypeVar("Answer")

_CONFLICT, _UNPROCESSABLE = 409, 422
_MOST_CHANGED = 3000  # what GitHub lists of a pull request
_MOST_COMMENTS = 5000


class NotMerged(UsageError):
    """A pull request is not part of the default branch, so nothing of it is accepted."""


class CannotReadPull(CommandError):
    """A pull request, its files or its comments cannot be read."""


class CannotWriteBoard(CommandError):
    """The token may not move the default branch."""

    exit_code = ExitCode.INFRASTRUCTURE


def load_merged(
    connection: GithubConnection, repository: str, number: int, sha: str | None, login: str
) -> MergedPull:
    """A merged pull request, with the comments that `login` wrote; `sha` must be its last commit, where given.

    Raises:
        NotMerged: it is not merged into the default branch, or with another commit.
        CannotReadPull: it is not there, or may not be read.
        ServiceAtFault: no answer within the policy's tries.
    """

    def load() -> MergedPull:
        there = connection.api.get_repo(repository)
        pull = there.get_pull(number).complete()
        _must_be_merged(pull, there.default_branch, sha)
        files = islice(pull.get_files(), _MOST_CHANGED)
        configs = configs_among([file.filename for file in files if file.status != "removed"])
        listed = islice(there.get_issue(number).get_comments(), _MOST_COMMENTS)
        comments = own_comments([shapes.comment(one) for one in listed], login)
        return MergedPull(number, pull.head.sha, configs, comments)

    fix = "check the number, and that the token may read pull requests (`pull-requests: read`)"
    try:
        return connection.read(lambda: shapes.as_described(load))
    except GithubRefused as error:
        raise CannotReadPull(f"cannot read pull request {number}: {error.message}", fix) from error


@dataclass(frozen=True)
class GithubBoard:
    """The default branch of a repository."""

    connection: GithubConnection
    repository: str

    def load(self, folders: Sequence[str]) -> BoardFacts:
        """What it holds in some folders.

        Raises:
            GithubRefused: it may not be read.
            ServiceAtFault: no answer within the policy's tries.
        """
        there = self.connection.api.get_repo(self.repository)
        head = self.connection.read(lambda: there.get_branch(there.default_branch).commit)
        commit = GithubCommit(self.connection, self.repository, head.sha)
        held = {
            f"{folder}/{name}": entry
            for folder in folders
            for name, entry in commit.inside(folder).items()
        }
        settings = {
            path: commit.content(entry)
            for path, entry in held.items()
            if path.endswith(f"/{SETTINGS}") and entry.kind == "file" and entry.size <= LARGEST_FILE
        }
        blobs = {path: entry.sha for path, entry in held.items()}
        tree = self.connection.read(lambda: head.commit.tree.sha)
        return BoardFacts(head.sha, tree, blobs, settings)

    def apply(self, operation: CommitResults) -> None:
        """Commit, and move the branch forwards.

        Raises:
            MaybeApplied: the branch has moved on meanwhile; look again.
            CannotWriteBoard: the token may not.
            ServiceAtFault: no answer within the policy's tries.
        """
        there = self.connection.api.get_repo(self.repository)
        branch = self.connection.read(lambda: there.default_branch)
        git = GitObjects(there, self._written)
        tree = git.tree(operation.tree, operation.files)
        git.move(branch, git.commit(operation.message, tree, operation.commit), force=False)

    def _written(self, call: Callable[[], Any]) -> Any:
        try:
            return self.connection.repeat(call)
        except GithubRefused as error:
            moved = error.status == _UNPROCESSABLE and "fast forward" in error.message
            if moved or error.status == _CONFLICT:
                trouble = Trouble("the branch kept moving", maybe_applied=True)
                raise MaybeApplied(trouble) from error
            raise CannotWriteBoard(
                f"cannot commit to {self.repository}: {error.message}",
                "give the job `permissions: contents: write`; where rules protect the branch, a token "
                "that may bypass them (docs/setup.md)",
            ) from error


def _must_be_merged(pull: PullRequest, default_branch: str, sha: str | None) -> None:
    name = f"pull request {pull.number}"
    if not pull.merged:
        raise NotMerged(f"{name} is not merged", "merge it first")
    if pull.base.ref != default_branch:
        raise NotMerged(f"{name} was not merged into {default_branch}", "nothing: it counts there")
    if sha not in {None, pull.head.sha}:
        raise NotMerged(f"{name} was merged at another commit", f"give --sha {pull.head.sha}")
