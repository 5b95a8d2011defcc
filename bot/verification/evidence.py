"""Everything the rules decide on: the facts, and what follows from them, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.model_results import ModelResults
from bot.scores import TaskScores
from bot.task_file import FactsOf
from bot.verification.card import PublishedCard, read_card
from bot.verification.facts import Listing, Published
from bot.verification.task_results import TaskResults, read_results


@dataclass(frozen=True)
class Evidence:
    """Facts about one model at a moment.

    `expected` are results that ought to be public, where a user names them. `listing` is None where no
    results repository is configured. `published_at` overrides the time that the services tell.
    """

    published: Published
    facts_of: FactsOf
    now: datetime
    expected: ModelResults | None = None
    model_revision: str | None = None
    listing: Listing | None = None
    published_at: datetime | None = None

    @cached_property
    def card(self) -> PublishedCard:
        """README.md as it is read."""
        return read_card(self.published.readme)

    @cached_property
    def results(self) -> TaskResults:
        """The published files as task results."""
        return read_results(self.published.results, self.facts_of)

    @property
    def weights(self) -> Mapping[str, str]:
        """SHA-256 by file of the weights that were measured, if the model was trained for it and its report is at hand."""
        return measured_weights(self.expected)

    @property
    def scores(self) -> Mapping[str, TaskScores]:
        """Published scores by task."""
        return self.results.scores


def measured_weights(expected: ModelResults | None) -> dict[str, str]:
    """SHA-256 by file, of a tuned model alone: of any other its commit says as much."""
    report = expected.report if expected else None
    if report is None or report.finetuned is None:
        return {}
    return {one["file"]: one["sha256"] for one in report.provenance["weights"]}
