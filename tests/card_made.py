"""A report with what a card has to say: several types, subsets, a custom task, a failure, a score below zero."""

from typing import Any

from made import failure, outcome, report

from bot.card.card import Card, write_card
from bot.report import Report

ISO_639_1 = {"eng": "en", "deu": "de", "nob": "nb"}


def measured(sts: float = 0.8203247283, **more: Any) -> Report:
    """STSBenchmark with main score `sts`, a task of three subsets, a custom task on local files, and a failure."""
    subsets = outcome("MassiveIntent", 0.61)
    (entry,) = subsets["result"]["scores"]["test"]
    subsets["result"]["scores"] = {
        "test": [
            entry | {"hf_subset": "de", "main_score": 0.61},
            entry | {"hf_subset": "no", "main_score": -0.0712345},
        ],
        "validation": [entry | {"hf_subset": "de", "main_score": 0.5}],
    }
    custom = outcome("NewsTopicsKNN", 0.93) | {
        "custom": True,
        "dataset": {"id": None, "revision": "sha256-" + "f" * 64},
    }
    sts_outcome = outcome("STSBenchmark", sts, task_type="STS")
    return report(sts_outcome, subsets, custom, outcome("Broken", error=failure()), **more)


def card(readme: bytes | None, **more: Any) -> Card:
    """The card written over `readme`."""
    return write_card(readme, measured(**more), iso_639_1=ISO_639_1)


def written(readme: bytes | None, **more: Any) -> bytes:
    """README.md of that card; without drawing the chart, which no other file depends on."""
    drawn = write_card(readme, measured(**more), iso_639_1=ISO_639_1, publish_radar=False)
    return drawn.files["README.md"]
