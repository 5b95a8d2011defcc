"""A bare git repository as a stand-in keeps it: files by path, commits, refs."""

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PERSON = {
    name: value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in (
        (f"GIT_{role}_NAME", "stand-in"),
        (f"GIT_{role}_EMAIL", "stand-in@localhost"),
        (f"GIT_{role}_DATE", "2026-01-01T00:00:00Z"),  # the same content gives the same SHA
    )
}
_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    **_PERSON,
}
ZERO = "0" * 40


class NoSuchRevision(KeyError):
    """A ref, a SHA or a path that the repository does not have, or a ref that moved meanwhile."""


@dataclass(frozen=True)
class Entry:
    """One entry of a tree. `size` is None for a folder."""

    path: str
    mode: str
    kind: str  # blob, tree or commit
    sha: str
    size: int | None


class GitRepository:
    """The bare repository at `path`; `GitRepository.create` makes one with an empty first commit on main."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, files: Mapping[str, bytes] | None = None) -> "GitRepository":
        """A new repository whose main holds `files`."""
        path.mkdir(parents=True)
        repository = cls(path)
        repository.git("init", "--quiet", "--bare", "--initial-branch=main")
        repository.git("config", "http.receivepack", "true")
        repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
        repository.git("config", "uploadpack.allowFilter", "true")
        repository.commit("refs/heads/main", files or {}, "initial commit", parents=())
        return repository

    def git(self, *arguments: str, stdin: bytes = b"", **environment: str) -> bytes:
        """Run git; stdout without its last newline is left to the caller.

        Raises:
            NoSuchRevision: git refuses.
        """
        done = subprocess.run(
            ["git", "--git-dir", str(self.path), *arguments],
            cwd=self.path,
            input=stdin,
            capture_output=True,
            env={**_ENVIRONMENT, **environment},
            check=False,
        )
        if done.returncode:
            raise NoSuchRevision(done.stderr.decode(errors="replace").strip() or arguments)
        return done.stdout

    def resolve(self, revision: str) -> str:
        """Branch, ref or (short) SHA to the full SHA of its commit.

        Raises:
            NoSuchRevision: there is none.
        """
        if revision.startswith("-"):
            raise NoSuchRevision(revision)
        return (
            self.git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
        )

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Full ref name → SHA of its commit, or of its tag object; read without a process, as often as it is asked."""
        packed = self.path / "packed-refs"
        lines = packed.read_text().splitlines() if packed.exists() else []
        found = {line[41:]: line[:40] for line in lines if line[0] not in "#^"}
        for path in (self.path / "refs").rglob("*"):
            if path.is_file() and path.suffix != ".lock":
                found[path.relative_to(self.path).as_posix()] = path.read_text().strip()
        below = prefix if prefix.endswith("/") else f"{prefix}/"
        return {
            ref: sha for ref, sha in sorted(found.items()) if ref == prefix or ref.startswith(below)
        }

    def tree(self, revision: str, *, recursive: bool = True) -> list[Entry]:
        """The entries at a revision, those of folders too where not recursive."""
        options = ["-r", "-t"] if recursive else []
        listed = self.git("ls-tree", "-l", "-z", *options, revision).decode()
        entries = []
        for line in listed.split("\0")[:-1]:
            facts, path = line.split("\t", 1)
            mode, kind, sha, size = facts.split()
            entries.append(Entry(path, mode, kind, sha, None if size == "-" else int(size)))
        return entries

    def read(self, revision: str, path: str) -> bytes:
        """A file's content at a revision.

        Raises:
            NoSuchRevision: no such revision or file.
        """
        return self.git("cat-file", "blob", f"{revision}:{path}")

    def files(self, revision: str = "refs/heads/main") -> dict[str, bytes]:
        """Every file at a revision."""
        return {
            entry.path: self.git("cat-file", "blob", entry.sha)
            for entry in self.tree(revision)
            if entry.kind == "blob"
        }

    def commit(
        self,
        ref: str,
        changes: Mapping[str, bytes | None],
        message: str,
        parents: tuple[str, ...] | None = None,
    ) -> str:
        """Commit files (None deletes) on top of `ref`, or of the first of `parents`, and move `ref`. Returns the SHA.

        Raises:
            NoSuchRevision: the ref moved meanwhile, or a parent does not exist.
        """
        old = self.refs(ref).get(ref, ZERO)
        above = parents if parents is not None else ((old,) if old != ZERO else ())
        index = self.path / f"index-{os.getpid()}-{os.urandom(4).hex()}"
        try:
            if above:
                self.git("read-tree", above[0], GIT_INDEX_FILE=str(index))
            self._stage(index, changes)
            tree = self.git("write-tree", GIT_INDEX_FILE=str(index)).decode().strip()
        finally:
            index.unlink(missing_ok=True)
        options = [word for parent in above for word in ("-p", parent)]
        sha = self.git("commit-tree", *options, tree, stdin=message.encode()).decode().strip()
        self.git("update-ref", ref, sha, old)
        return sha

    def _stage(self, index: Path, changes: Mapping[str, bytes | None]) -> None:
        """Put changes into an index, all at once: processes are what commits cost."""
        gone = [path for path, content in changes.items() if content is None]
        lines = [f"0 {ZERO}\t{path}" for path in self._staged_at(index, gone)]
        lines += [
            f"100644 {self.write_blob(content)}\t{path}"
            for path, content in changes.items()
            if content is not None
        ]
        words = ("update-index", "-z", "--index-info")
        self.git(*words, stdin="\0".join([*lines, ""]).encode(), GIT_INDEX_FILE=str(index))

    def _staged_at(self, index: Path, paths: list[str]) -> list[str]:
        """The staged files that `paths`, files and folders, hold."""
        if not paths:
            return []
        staged = self.git("ls-files", "-z", GIT_INDEX_FILE=str(index)).decode().split("\0")
        folders = tuple(f"{path}/" for path in paths)
        return [p for p in staged if p and (p in paths or p.startswith(folders))]

    def write_blob(self, content: bytes) -> str:
        """Write a loose object. Returns its SHA."""
        whole = b"blob %d\0" % len(content) + content
        sha = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        path = self.path / "objects" / sha[:2] / sha[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            temporary = path.with_name(f"tmp-{os.urandom(4).hex()}")
            temporary.write_bytes(zlib.compress(whole, 1))
            temporary.rename(path)
        return sha
