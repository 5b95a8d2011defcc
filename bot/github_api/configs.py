"""A model config at a commit and the custom tasks that it names, read through the API as data; no data sets."""

from bot.github_api.connection import GithubConnection
from bot.github_api.submission import GithubCommit
from bot.submitted_files.paths import is_plain
from bot.submitted_files.references import referenced_paths

_LARGEST = 1_000_000  # bytes
_MOST_TASKS = 50


def config_files(
    connection: GithubConnection, repository: str, sha: str, path: str, *, with_tasks: bool = False
) -> dict[str, bytes]:
    """The config at `path` and, where asked for, its custom task files. What is no plain file is left out.

    Raises:
        CommandError: GitHub does not answer, or does not let us.
    """
    commit = GithubCommit(connection, repository, sha)
    files = {path: content} if (content := _content(commit, path)) is not None else {}
    if with_tasks and path in files:
        named = referenced_paths(path, files[path])[:_MOST_TASKS]
        found = ((one, _content(commit, one)) for one in named)
        files |= {one: content for one, content in found if content is not None}
    return files


def _content(commit: GithubCommit, path: str) -> bytes | None:
    entry = commit.entry(path) if is_plain(path) else None
    if entry is None or entry.kind != "file" or entry.size > _LARGEST:
        return None
    return commit.content(entry)
