"""Everything the bot would say and publish about a report, as files by path: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.card.card import CannotWriteCard, Card, write_card
from bot.card.readme import CannotReadReadme
from bot.claims import check_claims
from bot.comment import comment_on_report
from bot.compare import compare
from bot.finetuned.curves import training_curves
from bot.model_results import ModelResults, results_of_report
from bot.page.page import render_page
from bot.report import Report
from bot.report_identity import check_identity
from bot.sentences import Verdict
from bot.tuned_weights.destination import GOES_NOWHERE
from bot.verdict import report_verdict
from schemas.submission import ModelConfig


@dataclass(frozen=True)
class Preview:
    """The verdict, and each file of the preview by its path below the output folder."""

    verdict: Verdict
    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def preview_of(
    report: Report,
    config: ModelConfig,
    baselines: Sequence[ModelResults],
    readme: bytes | None,
    iso_639_1: Mapping[str, str],
) -> Preview:
    """Comment, card and page for `report`; `readme` is the model's own, None where it has none.

    Raises:
        ReportOfAnotherConfig: it is not a report of `config`.
    """
    check_identity(report, config)
    results = results_of_report(report)
    comparison = compare(results, baselines) if baselines else None
    claims = check_claims(config.claims, results)
    verdict = report_verdict(report, comparison, claims)
    comment = comment_on_report(report, comparison, claims)
    card = _card(report, config, readme, iso_639_1)
    tuned = report.finetuned
    page = render_page(
        title=f"{report.model} at {report.revision[:7]}",
        verdict=verdict,
        comment=comment,
        files=card.files,
        notes=card.notes,
        curves=training_curves(tuned, report.model) if tuned else None,
    )
    files = {"comment.md": comment.encode(), "index.html": page.encode()}
    files |= {f"card/{path}": content for path, content in card.files.items()}
    return Preview(verdict, files, card.notes)


def _card(
    report: Report, config: ModelConfig, readme: bytes | None, iso_639_1: Mapping[str, str]
) -> Card:
    if not config.publish.model_card:
        return Card({}, ("The config asks for no model card (`publish.model_card: false`).",))
    if config.finetune and config.finetune.publish is None:
        return Card({}, (GOES_NOWHERE,))
    try:
        return write_card(
            readme,
            report,
            iso_639_1=iso_639_1,
            publish_radar=config.publish.radar_chart,
            publish_eval_results=config.publish.eval_results,
        )
    except (CannotWriteCard, CannotReadReadme) as error:
        return Card({}, (f"Nothing would be published: {error.message}.",))
