"""What the Hub holds, as far as publishing one model's results depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Literal

from bot.card.card import README, RESULTS
from bot.card.eval_results import FOLDER

MARKER = "<!-- mteb-submission-bot:publish -->"  # in the description and in every commit of ours
Files = Mapping[str, str]  # path → id of its blob in git


@dataclass(frozen=True)
class OwnPull:
    """A pull request that the bot opened. `by_bot` tells who closed it; a draft is open."""

    number: int
    status: Literal["open", "closed", "merged"]
    description: str
    description_id: str
    by_bot: bool = False


@dataclass(frozen=True)
class Branch:
    """What an open pull request proposes.

    `files` are those the bot looks after, at `head`. `by_others` are the paths that commits of other people
    touched. Where main has moved on (`has_main` is false), `merged_tree` is the git tree of both together
    before the bot's files are put in, and `conflicts` are paths that git cannot merge.
    """

    pull: int
    head: str
    has_main: bool
    files: Files
    by_others: frozenset[str] = frozenset()
    merged_tree: str = ""
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class HubFacts:
    """One look at the Hub. SHAs are of commits; `readme` is README.md as the card is to be written into it.

    That is main's own, or the branch's where other people edited it there. `pulls` are in the order they
    were opened; `branch` is that of the first open one.
    """

    main: str
    main_files: Files
    readme: bytes | None
    pulls: tuple[OwnPull, ...] = ()
    branch: Branch | None = field(default=None)


def is_ours(path: str) -> bool:
    """Whether the bot looks after a path of the model repository."""
    return path == README or path.startswith((RESULTS, f"{FOLDER}/"))


def holds(files: Files, path: str, content: bytes) -> bool:
    """Whether `files` have exactly `content` at `path`, in git itself or in large-file storage."""
    return files.get(path) in {blob_id(content), blob_id(_pointer(content))}


def blob_id(content: bytes) -> str:
    """What git calls a file with this content."""
    return sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _pointer(content: bytes) -> bytes:
    """What git holds of a large file (git-lfs, docs/spec.md)."""
    digest = sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n".encode()
