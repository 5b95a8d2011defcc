"""A pull request's files at one commit, read through GitHub's API: nothing is checked out, no link is followed."""

import base64
from dataclasses import replace
from itertools import islice

from github.GitTree import GitTree

from bot.github_api.connection import GithubConnection
from bot.github_api.pulls import pull_now
from bot.submitted_files.errors import CannotFetchSubmission, SupersededByPush
from bot.submitted_files.fetch import Entry, Submission, fetch
from bot.submitted_files.paths import LARGEST_FILE, MOST_FILES, configs_among, passed_over

_MOST_CHANGED = 3000  # what GitHub lists of a pull request
_GONE = "removed"
_KINDS = {"040000": "folder", "120000": "link", "160000": "submodule"}


def fetch_config(
    connection: GithubConnection, repository: str, sha: str, config: str
) -> Submission:
    """One config at a commit, with the files that it names. Its pull request is not looked at.

    Raises:
        CannotFetchSubmission: the files are not to be read.
        CommandError: GitHub does not answer, or does not let us.
    """
    return fetch(GithubCommit(connection, repository, sha), [config])


def fetch_changed(connection: GithubConnection, repository: str, pull: int, sha: str) -> Submission:
    """The configs that a pull request adds or changes, at `sha`, with the files that they name.

    Raises:
        SupersededByPush: `sha` is not its head any more.
        CannotFetchSubmission: the files are not to be read.
        CommandError: GitHub does not answer, or does not let us.
    """
    one = connection.api.get_repo(repository).get_pull(pull)
    changed = connection.read(lambda: list(islice(one.get_files(), _MOST_CHANGED + 1)))
    # Listed first, looked at second: a push in between must not go unnoticed.
    if pull_now(connection, repository, pull).head_sha != sha:
        raise SupersededByPush(
            f"a push replaced {sha[:7]} on pull request #{pull}",
            "nothing: the next check has begun",
        )
    if len(changed) >= _MOST_CHANGED:
        raise CannotFetchSubmission(
            f"pull request #{pull} changes too many files", "submit a model with its own files only"
        )
    there = [file.filename for file in changed if file.status != _GONE]
    submission = fetch(GithubCommit(connection, repository, sha), configs_among(there))
    return replace(submission, passed_over=passed_over(there, submission.files))


class GithubCommit:
    """The files of one commit; each folder on the way to a file is read once."""

    def __init__(self, connection: GithubConnection, repository: str, sha: str) -> None:
        self._connection = connection
        self._repository = connection.api.get_repo(repository)
        self._root = sha
        self._folders: dict[str, dict[str, Entry]] = {}

    def entry(self, path: str) -> Entry | None:
        """What lies at a path, links not followed."""
        found = Entry("folder", self._root)
        for name in path.split("/"):
            if found.kind != "folder":
                return None
            inside = self._folder(found.sha).get(name)
            if inside is None:
                return None
            found = inside
        return found

    def inside(self, path: str) -> dict[str, Entry]:
        """What lies right in a folder, by name; nothing where there is no folder."""
        found = self.entry(path)
        return self._folder(found.sha) if found and found.kind == "folder" else {}

    def below(self, path: str) -> dict[str, Entry]:
        """Everything below a folder.

        Raises:
            CannotFetchSubmission: it holds more than a submission may.
        """
        found = self.entry(path)
        if found is None or found.kind != "folder":
            return {}
        tree = self._tree(found.sha, recursive=True)
        entries = {f"{path}/{name}": one for name, one in _entries(tree).items()}
        kept = {name: one for name, one in entries.items() if one.kind != "folder"}
        if tree.raw_data.get("truncated") or len(kept) > MOST_FILES:
            raise CannotFetchSubmission(
                f"the folder {path} holds more than {MOST_FILES} files",
                "publish larger data as a data set on the Hub, and name it in the custom task",
            )
        return kept

    def content(self, entry: Entry) -> bytes:
        """A file's bytes.

        Raises:
            CannotFetchSubmission: it is larger than it said.
        """
        blob = self._connection.read(lambda: self._repository.get_git_blob(entry.sha))
        content = base64.b64decode(blob.content)
        if len(content) > LARGEST_FILE:
            raise CannotFetchSubmission("a file is larger than GitHub said", "report this")
        return content

    def _folder(self, sha: str) -> dict[str, Entry]:
        if sha not in self._folders:
            self._folders[sha] = _entries(self._tree(sha, recursive=False))
        return self._folders[sha]

    def _tree(self, sha: str, *, recursive: bool) -> GitTree:
        return self._connection.read(
            lambda: self._repository.get_git_tree(sha, recursive=recursive)
        )


def _entries(tree: GitTree) -> dict[str, Entry]:
    return {
        each.path: Entry(_KINDS.get(each.mode, "file"), each.sha, each.size or 0)  # type: ignore[arg-type]
        for each in tree.tree
    }
