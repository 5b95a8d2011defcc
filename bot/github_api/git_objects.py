"""Trees, commits and branches through GitHub's Git data API: objects have the name of their content.

Writing one twice changes nothing, so every write here may be repeated. `write` carries one out: it repeats it
where that can help, and turns refusals into the caller's own.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from github.GitBlob import GitBlob
from github.GitCommit import GitCommit
from github.GitRef import GitRef
from github.GitTree import GitTree
from github.InputGitTreeElement import InputGitTreeElement
from github.Repository import Repository

Answer = TypeVar("Answer")

_CHUNK = 8 * 1024 * 1024  # bytes of files in one request


@dataclass(frozen=True)
class GitObjects:
    """Writes to one repository."""

    repository: Repository
    write: Callable[[Callable[[], Any]], Any]

    def tree(self, base: str, files: Mapping[str, bytes]) -> str:
        """The tree `base` with `files` in it, by path; its SHA."""
        tree = self._known(GitTree, base)
        for elements in _chunks(self._blobs(files)):
            tree = self.write(partial(self.repository.create_git_tree, elements, tree))
        return str(tree.sha)

    def commit(self, message: str, tree: str, parent: str) -> str:
        """A commit on top of another that no branch has yet; its SHA."""
        parents = [self._known(GitCommit, parent)]
        of = self._known(GitTree, tree)
        made = self.write(partial(self.repository.create_git_commit, message, of, parents))
        return str(made.sha)

    def move(self, branch: str, commit: str, *, force: bool) -> None:
        """Let a branch point to a commit; without `force` only forwards."""
        # PyGithub's own lazy ref would write to /git/ref/, where GitHub only reads.
        url = f"{self.repository.url}/git/refs/heads/{branch}"
        ref = GitRef(self.repository.requester, attributes={"url": url})
        self.write(partial(ref.edit, commit, force=force))

    def _known(self, kind: Callable[..., Answer], sha: str) -> Answer:
        """An object known by its SHA alone, without asking for it."""
        return kind(self.repository.requester, attributes={"sha": sha})

    def _blobs(self, files: Mapping[str, bytes]) -> dict[str, str | GitBlob]:
        """The files as text; what is none (settings of others) is stored beforehand, byte by byte."""
        found: dict[str, str | GitBlob] = {}
        for path, content in files.items():
            try:
                found[path] = content.decode()
            except UnicodeDecodeError:
                encoded = b64encode(content).decode()
                create = self.repository.create_git_blob
                found[path] = self.write(partial(create, encoded, "base64"))
        return found


def _chunks(files: Mapping[str, str | GitBlob]) -> list[list[InputGitTreeElement]]:
    """The files in as few requests as their size allows."""
    chunks: list[list[InputGitTreeElement]] = []
    room = 0
    for path, content in files.items():
        size = len(content) if isinstance(content, str) else 0
        if size > room or not chunks:
            chunks.append([])
            room = _CHUNK
        how = {"content": content} if isinstance(content, str) else {"sha": content.sha}
        chunks[-1].append(InputGitTreeElement(path, "100644", "blob", **how))
        room -= size
    return chunks
