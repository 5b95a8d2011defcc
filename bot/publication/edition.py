"""What one report has to publish: the files for a README, and the words that go with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from bot.card.card import Card, write_card
from bot.card.eval_results import Source
from bot.publication.description import describe
from bot.publication.files import Content, StoredFile
from bot.report import Report
from bot.tuned_weights.destination import Destination
from schemas.submission import Publishing

_SOURCE = "mteb-submission-bot"


@dataclass(frozen=True)
class Edition:
    """Results of `model` at `revision`.

    `write` makes the card for a README as it is (None: there is none), `describe` what the pull request says. Of a model
    that was trained for it, `weights` are its files, and `destination` where they go.
    """

    model: str
    revision: str
    write: Callable[[bytes | None], Card]
    describe: Callable[[Card], str]
    weights: Mapping[str, StoredFile] = field(default_factory=dict)
    destination: Destination | None = None

    def files(self, card: Card) -> dict[str, Content]:
        """Everything that the repository is to hold of it."""
        return {**self.weights, **card.files}


def edition_of(
    report: Report,
    publishing: Publishing,
    iso_639_1: Mapping[str, str],
    source_url: str = "",
    weights: Mapping[str, StoredFile] | None = None,
    destination: Destination | None = None,
) -> Edition:
    """The edition of a report; a README that was written into once is remembered, for drawing takes a second."""
    weights = weights or {}

    @cache
    def write(readme: bytes | None) -> Card:
        return write_card(
            readme,
            report,
            iso_639_1=iso_639_1,
            publish_radar=publishing.radar_chart,
            publish_eval_results=publishing.eval_results,
            source=Source(source_url, _SOURCE) if source_url else None,
        )

    def describing(card: Card) -> str:
        return describe(report, [*weights, *card.files], card.notes, source_url)

    return Edition(report.model, report.revision, write, describing, weights, destination)
