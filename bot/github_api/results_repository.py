"""What a results repository holds, and what the bot has there already: reads only.

The repository has 105,000 files: only the model's folder is listed, and only files that both sides have are read.
"""

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from github.Repository import Repository

from bot.github_api.connection import GithubConnection, GithubRefused
from bot.results_repository.change import Shelf
from bot.results_repository.decide import Branch, Pull
from bot.results_repository.layout import LARGEST_FILE, digest_of_blobs, model_folder
from bot.results_repository.pull_text import signature_in
from schemas.errors import CommandError, UsageError

Answer = TypeVar("Answer")

_MISSING, _CONFLICT = 404, 409
_WRITTEN = frozenset({"added", "modified", "changed"})
_MOST_PULLS = 100
_MOST_REVISIONS = 100
_MOST_MERGES = 10  # "Update branch" clicked so often
_TEMPLATE = "pull_request_template.md"
_LARGEST_TEMPLATE = 1024 * 1024  # bytes


class CannotReachResultsRepository(CommandError):
    """The results repository, its base branch or the fork is not there, or not as it should be."""


@dataclass(frozen=True)
class _Commit:
    sha: str
    message: str
    tree: str
    parents: list[str]


@dataclass
class ResultsRepository:
    """`name` is the results repository, `fork` where the bot's `branch` goes, both `owner/name`."""

    connection: GithubConnection
    name: str
    fork: str
    base: str
    branch: str
    _trees: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    _blobs: dict[str, bytes] = field(default_factory=dict)

    @property
    def there(self) -> Repository:
        """The results repository."""
        return self.connection.api.get_repo(self.name)

    @property
    def ours(self) -> Repository:
        """The fork."""
        return self.connection.api.get_repo(self.fork)

    @property
    def is_own_fork(self) -> bool:
        """Whether the bot's branch lies in the results repository itself."""
        return self.fork.lower() == self.name.lower()

    def pulls(self) -> tuple[Pull, ...]:
        """Every pull request from the bot's branch into the base, the latest first."""
        head = f"{self.fork.partition('/')[0]}:{self.branch}"

        def listed() -> list[Any]:
            found = self.there.get_pulls(state="all", base=self.base, head=head)
            return list(islice(found, _MOST_PULLS))

        return tuple(
            Pull(pull.number, pull.state == "open", pull.merged_at is not None, pull.body or "")
            for pull in self._asked(listed)
        )

    def shelf(self, model: str, revision: str, names: Collection[str]) -> Shelf:
        """What the base branch holds of a model; the content of those files of the revision that are in `names`."""
        head = self._asked(lambda: self.there.get_branch(self.base)).commit
        folders = self.optional(lambda: self.there.get_contents(model_folder(model), ref=head.sha))
        listed = folders if isinstance(folders, list) else []
        revisions = {each.name: each.sha for each in listed if each.type == "dir"}
        if len(revisions) > _MOST_REVISIONS:
            raise CannotReachResultsRepository(
                f"{self.name} holds {len(revisions)} revisions of {model}",
                "submit these results by hand",
            )
        files = {name: self._files(sha) for name, sha in revisions.items()}
        contents = {
            name: self._blob(sha)
            for name, (sha, size) in files.get(revision, {}).items()
            if name in names and size <= LARGEST_FILE
        }
        shas = {r: {name: sha for name, (sha, _) in held.items()} for r, held in files.items()}
        return Shelf(head.sha, head.commit.tree.sha, shas, contents)

    def own_branch(self) -> Branch | None:
        """The bot's branch; None where it, or the fork, does not exist.

        GitHub's "Update branch" merges the base into the bot's commit, or rebases it: that is no work of others.
        """
        found = self.optional(lambda: self.ours.get_branch(self.branch))
        if found is None:
            return None
        tip = found.commit.commit
        commit = _Commit(
            found.commit.sha, tip.message, tip.tree.sha, [x.sha for x in found.commit.parents]
        )
        for _ in range(_MOST_MERGES):
            if len(commit.parents) != 2 or not self._in_base(commit.parents[1]):  # noqa: PLR2004 -- a merge has two
                break
            commit = self._commit(commit.parents[0])
        return Branch(found.commit.sha, self._own_digest(commit))

    def _own_digest(self, commit: _Commit) -> str | None:
        """The digest of the files in a commit of the bot; None where others made or amended it."""
        signature = signature_in(commit.message)
        if signature is None:
            return None
        if signature.tree == commit.tree:
            return signature.digest
        files = self._asked(lambda: list(self.ours.get_commit(commit.sha).files))
        blobs = {file.filename: file.sha for file in files if file.status in _WRITTEN}
        same = len(blobs) == len(files) and digest_of_blobs(blobs) == signature.digest
        return signature.digest if same else None

    def _in_base(self, sha: str) -> bool:
        """Whether the base branch contains a commit."""
        found = self.optional(
            lambda: self.there.compare(sha, self.base, comparison_commits_per_page=1).status
        )
        return found in {"ahead", "identical"}

    def has_fork(self) -> bool:
        """Whether the fork exists.

        Raises:
            CannotReachResultsRepository: there is a repository of that name which is no fork of this one.
        """
        if self.is_own_fork:
            return True
        found = self.optional(self.ours.complete)
        if found is None:
            return False
        parent = found.parent.full_name if found.fork and found.parent else ""
        if parent.lower() != self.name.lower():
            raise CannotReachResultsRepository(
                f"{self.fork} is no fork of {self.name}", "name the fork with --fork owner/name"
            )
        return True

    def template(self, commit: str) -> str | None:
        """The repository's pull request template, in whatever case its name is written."""
        folder = self.optional(lambda: self.there.get_contents(".github", ref=commit))
        for each in folder if isinstance(folder, list) else []:
            if each.name.lower() == _TEMPLATE and each.size <= _LARGEST_TEMPLATE:
                return self._blob(each.sha).decode(errors="replace")
        return None

    def optional(self, call: Callable[[], Answer]) -> Answer | None:
        """None where GitHub says that there is nothing (404), or nothing yet (409)."""
        try:
            return self.connection.read(call)
        except GithubRefused as error:
            if error.status in {_MISSING, _CONFLICT}:
                return None
            raise

    def _files(self, tree: str) -> dict[str, tuple[str, int]]:
        """Name → (blob SHA, size) of the files right in a tree; trees never change."""
        if tree not in self._trees:
            found = self._asked(lambda: self.there.get_git_tree(tree))
            if found.raw_data.get("truncated"):
                raise CannotReachResultsRepository(
                    f"a folder of {self.name} is too large to be listed",
                    "submit these results by hand",
                )
            self._trees[tree] = {
                each.path: (each.sha, each.size or 0) for each in found.tree if each.type == "blob"
            }
        return self._trees[tree]

    def _blob(self, sha: str) -> bytes:
        """A file's content; it never changes."""
        if sha not in self._blobs:
            blob = self._asked(lambda: self.there.get_git_blob(sha))
            self._blobs[sha] = base64.b64decode(blob.content)
        return self._blobs[sha]

    def _commit(self, sha: str) -> _Commit:
        found = self._asked(lambda: self.ours.get_git_commit(sha))
        return _Commit(sha, found.message, found.tree.sha, [each.sha for each in found.parents])

    def _asked(self, call: Callable[[], Answer]) -> Answer:
        try:
            return self.connection.read(call)
        except GithubRefused as error:
            raise CannotReachResultsRepository(
                f"cannot read {self.name}, branch {self.base}: {error.message}",
                "check the names, and that the token may read the repository",
            ) from error


def fork_of(connection: GithubConnection, repository: str) -> str:
    """Where the token's user would fork a repository to.

    Raises:
        UsageError: it is no user's token.
    """
    try:
        login = connection.read(lambda: connection.api.get_user().login)
    except GithubRefused as error:
        raise UsageError(
            f"GitHub does not say whose token this is: {error.message}",
            "name the fork with --fork owner/name",
        ) from error
    return f"{login}/{repository.partition('/')[2]}"
