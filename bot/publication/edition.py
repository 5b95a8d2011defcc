"""What one report has to publish: the files for a README, and the words that go with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.card.card import Card, write_card
from bot.card.eval_results import Source
from bot.publication.description import describe
from bot.report import Report
from schemas.submission import Publishing

_SOURCE = "mteb-submission-bot"


@dataclass(frozen=True)
class Edition:
    """Results of `model` at `revision`.

    `write` makes the card for a README as it is (None: there is none), `describe` what the pull request says.
    """

    model: str
    revision: str
    write: Callable[[bytes | None], Card]
    describe: Callable[[Card], str]


def edition_of(
    report: Report, publishing: Publishing, iso_639_1: Mapping[str, str], source_url: str = ""
) -> Edition:
    """The edition of a report; a README that was written into once is remembered, for drawing takes a second."""

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
        return describe(report, list(card.files), card.notes, source_url)

    return Edition(report.model, report.revision, write, describing)
