"""What the Hub holds, as far as publishing one model's results depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.card.card import README, RESULTS
from bot.card.eval_results import FOLDER
from bot.publication.files import Content, blob_ids
from bot.tuned_weights.names import is_model_file

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
    were opened; `branch` is that of the first open one. `exists` is false where there is no such repository, `is_new`
    where nobody put anything into it, and `private` where the public does not see it.
    """

    main: str
    main_files: Files
    readme: bytes | None
    pulls: tuple[OwnPull, ...] = ()
    branch: Branch | None = field(default=None)
    exists: bool = True
    is_new: bool = False
    private: bool = False


def is_ours(path: str, *, weights: bool = False) -> bool:
    """Whether the bot looks after a path of the model repository; `weights`: it publishes the model itself too."""
    known = path == README or path.startswith((RESULTS, f"{FOLDER}/"))
    return known or (weights and is_model_file(path))


def holds(files: Files, path: str, content: Content) -> bool:
    """Whether `files` have exactly `content` at `path`, in git itself or in large-file storage."""
    return files.get(path) in blob_ids(content)
