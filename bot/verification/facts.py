"""What the Hub and GitHub hold of a model's results, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.preflight.facts import Access

OPEN = frozenset({"open", "draft"})


@dataclass(frozen=True)
class HubPull:
    """The bot's pull request in the model's repository."""

    number: int
    status: Literal["open", "draft", "closed", "merged"]
    url: str

    @property
    def waits(self) -> bool:
        """Whether its model's owner has yet to decide."""
        return self.status in OPEN


@dataclass(frozen=True)
class EvalEntry:
    """One result as the Hub shows it, 0 to 100."""

    dataset_id: str
    task_id: str
    value: object


@dataclass(frozen=True)
class EvalResults:
    """What the Hub made of `.eval_results/`: the entries it shows, and files it refused (path to reason)."""

    shown: tuple[EvalEntry, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """A model repository's main branch at `revision`; nothing but `access` is known where it is not public.

    `results` are the task results, path to content, that the card's `mteb_results` leads to; `unread` those
    beyond the bounds of reading, path to reason. `changed_at` is when their folder last changed. `weights` is the
    SHA-256 of those files of a tuned model that were asked for, as far as large-file storage has them.
    """

    model: str
    url: str
    access: Access
    revision: str = ""
    paths: frozenset[str] = frozenset()
    readme: bytes | None = None
    results: Mapping[str, bytes] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    eval_results: EvalResults = EvalResults()
    changed_at: datetime | None = None
    pull: HubPull | None = None
    weights: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """The model's folder in a results repository: its task files by revision, and when it last changed.

    `waiting` is the address of an open pull request from the bot's branch for this model.
    """

    repository: str
    revisions: Mapping[str, frozenset[str]]
    changed_at: datetime | None = None
    waiting: str = ""
