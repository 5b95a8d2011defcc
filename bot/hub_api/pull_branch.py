"""A pull request's branch beside main as git sees them, and main merged into it: the Hub's HTTP API does neither.

Commits and trees are fetched, blobs only where git has to merge them; large files stay pointers, so the size of
a repository hardly matters. Pushing to `refs/pr/N` is the Hub's documented way to change a pull request ("Pull
requests advanced usage").
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.card.card import README, RESULTS
from bot.card.eval_results import FOLDER
from bot.card.readme import CannotReadReadme
from bot.hub_api.connection import HubConnection
from bot.hub_api.git import Git, trouble_of
from bot.publication.facts import MARKER, Branch, Files, is_ours
from bot.publication.operations import MergeMain

_MAIN, _PULL = "refs/look/main", "refs/look/pull"
_NO_DELTAS = ("-c", "pack.window=0")  # they would be against blobs that were never fetched
_OF_THE_HUB = ".gitattributes"  # in a repository that was just created
_LINK = "120000 "  # mode of a symbolic link, whose content is a path, no text of the author's
_CLEAN, _CONFLICTS = 0, 1  # exit codes of git merge-tree


@dataclass(frozen=True)
class Look:
    """Main's head and the files there that the bot looks after, and a pull request's branch.

    `is_new`: main holds nothing but what the Hub puts into every repository.
    """

    main: str
    main_files: Files
    branch: Branch | None
    is_new: bool = False


class PullBranch:
    """A model's repository as far as `look` fetched it into `folder`, which is empty at first.

    `weights`: the bot looks after the model's own files too.
    """

    def __init__(
        self, connection: HubConnection, model: str, folder: Path, *, weights: bool = False
    ) -> None:
        self._weights = weights
        url = f"{connection.endpoint}/{model}"
        self._git = Git(folder, url, connection.token, connection.retrying.policy.timeout)
        self._retrying = replace(connection.retrying, trouble_of=trouble_of)

    def look(self, pull: int | None) -> Look:
        """Fetch main, and the branch of pull request number `pull`.

        Raises:
            HubRefused: the Hub says no, or has no such branch.
            ServiceAtFault: no answer within the policy's tries.
            CannotRunGit: git is missing, or fails here.
            CannotReadReadme: README.md is a symbolic link.
        """
        refs = [f"+refs/heads/main:{_MAIN}", *([f"+refs/pr/{pull}:{_PULL}"] if pull else [])]
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none")
        self._retrying.repeatable(lambda: self._git.remote("fetch", *options, "origin", *refs))
        main = self._sha(_MAIN)
        branch = self._branch(pull, main) if pull else None
        return Look(main, self._files(main), branch, self._is_new(main))

    def merge_main(self, merging: MergeMain, author: str) -> None:
        """Push the merge, if the branch's head is still the one that was looked at.

        Raises:
            MaybeApplied: the branch moved, or the answer got lost.
            HubRefused, ServiceAtFault, CannotRunGit: as `look`.
        """
        commit = self._commit(merging, author)
        ref = f"refs/pr/{merging.pull}"
        lease = f"--force-with-lease={ref}:{merging.head}"  # a fast-forward, of this head alone
        options = ("--quiet", "--no-verify", lease)
        self._retrying.once(
            lambda: self._git.remote(*_NO_DELTAS, "push", *options, "origin", f"{commit}:{ref}")
        )

    def _branch(self, pull: int, main: str) -> Branch:
        head = self._sha(_PULL)
        has_main = self._lines("rev-list", "--count", f"{head}..{main}") == ["0"]
        others = frozenset(self._touched_by_others(main, head))
        branch = Branch(pull, head, has_main, self._files(head), others)
        if has_main:
            return branch
        if not others:
            return replace(branch, merged_tree=self._sha(f"{main}^{{tree}}"))
        tree, *conflicts = self._merged(main, head)
        told = tuple(path for path in conflicts if path in others or not self._is_ours(path))
        return replace(branch, merged_tree=tree, conflicts=told)

    def _touched_by_others(self, main: str, head: str) -> Iterator[str]:
        """Paths that commits without our marker changed, since the first of ours and not on main."""
        ours = ("--topo-order", "--fixed-strings", f"--grep={MARKER}", "--format=%P")
        parents = self._lines("log", *ours, f"{main}..{head}")
        # What our first commit stands on is no part of the pull request, even where main was rewritten since.
        begun = parents[-1].split()[:1] if parents else []
        paths = ("--name-only", "--diff-merges=combined", "--no-renames", "-z", "--format=")
        unmarked = ("--fixed-strings", "--invert-grep", f"--grep={MARKER}")
        listed = self._git.local("log", *unmarked, *paths, head, "--not", main, *begun)
        yield from (path for path in _decoded(listed).split("\0") if path)

    def _merged(self, main: str, head: str) -> list[str]:
        """The tree of both as git merges them, then the paths where it cannot."""
        merge = ("-c", "merge.renames=false", "merge-tree", "--write-tree", "-z", "--name-only",
                 "--no-messages", "--allow-unrelated-histories", main, head)  # fmt: skip
        ends = (_CLEAN, _CONFLICTS)
        # Fetches what it has to read.
        out = self._retrying.repeatable(lambda: self._git.remote(*merge, ends=ends))
        return _decoded(out).rstrip("\0").split("\0")

    def _commit(self, merging: MergeMain, author: str) -> str:
        entries = dict(merging.kept)
        if merging.readme is not None:
            stored = self._git.local("hash-object", "-w", "--stdin", stdin=merging.readme)
            entries[README] = stored.decode().strip()
        self._git.local("read-tree", merging.tree)
        self._git.local(
            "update-index", "-z", "--replace", "--index-info", stdin=_index_info(entries)
        )
        (tree,) = self._lines("write-tree", "--missing-ok")
        made = self._git.local(
            "commit-tree", tree, "-p", merging.head, "-p", merging.main,
            stdin=f"Merge main\n\n{MARKER}\n".encode(), **_person(author),
        )  # fmt: skip
        return made.decode().strip()

    def _files(self, commit: str) -> Files:
        # All of it where the bot publishes the model itself, whose files lie at the top.
        below = () if self._weights else ("--", README, RESULTS, f"{FOLDER}/")
        listed = self._git.local("ls-tree", "-r", "-z", commit, *below)
        entries = [line.split("\t", 1) for line in _decoded(listed).split("\0") if line]
        if any(path == README and facts.startswith(_LINK) for facts, path in entries):
            raise CannotReadReadme(
                f"{README} of the model is a symbolic link", "put the text itself in its place"
            )
        # A path that is no printable text is none of ours.
        named = {path: facts.split()[2] for facts, path in entries if path.isprintable()}
        return {path: blob for path, blob in named.items() if self._is_ours(path)}

    def _is_ours(self, path: str) -> bool:
        return is_ours(path, weights=self._weights)

    def _is_new(self, commit: str) -> bool:
        return set(self._lines("ls-tree", "-r", "--name-only", commit)) <= {_OF_THE_HUB}

    def _sha(self, name: str) -> str:
        (sha,) = self._lines("rev-parse", "--verify", name)
        return sha

    def _lines(self, *arguments: str) -> list[str]:
        return _decoded(self._git.local(*arguments)).splitlines()


def _decoded(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")


def _index_info(entries: Mapping[str, str]) -> bytes:
    return b"".join(f"100644 {blob}\t{path}\0".encode() for path, blob in entries.items())


def _person(name: str) -> dict[str, str]:
    email = f"{name}@users.noreply.huggingface.co"
    return {
        f"GIT_{role}_{part}": text
        for role in ("AUTHOR", "COMMITTER")
        for part, text in (("NAME", name), ("EMAIL", email))
    }
