"""A model whose results are public, and people who change it afterwards."""

from collections.abc import Callable, Mapping
from typing import Any

from made import DATA_REVISION, outcome, report

from bot.card.card import Card, write_card
from bot.publication.description import TITLE
from bot.publication.facts import MARKER
from bot.report import Report
from tests.standins.hub.app import LocalHub

MODEL = "org/name"
CARD, STS = "README.md", "mteb_results/STSBenchmark.json"
PUBLISH = "run `mteb-bot publish` again and have the model's owner merge its pull request"
README = b"---\nlicense: mit\n---\n\n# My model\n\nWritten by hand.\n"


def measured(sts: float = 0.8203247283) -> Report:
    """A task, one of three subsets, and a custom task, which no index knows."""
    subsets = outcome("MassiveIntentClassification", 0.61) | {
        "dataset": {"id": "mteb/amazon_massive_intent", "revision": DATA_REVISION}
    }
    (entry,) = subsets["result"]["scores"]["test"]
    subsets["result"]["scores"] = {
        "test": [
            entry | {"hf_subset": "de", "main_score": 0.61},
            entry | {"hf_subset": "nb", "main_score": -0.0712345},
        ],
        "validation": [entry | {"hf_subset": "de", "main_score": 0.5}],
    }
    similar = outcome("STSBenchmark", sts, task_type="STS") | {
        "main_metric": "cosine_spearman",
        "dataset": {"id": "mteb/stsbenchmark-sts", "revision": DATA_REVISION},
    }
    custom = outcome("NewsTopicsKNN", 0.93) | {
        "custom": True,
        "dataset": {"id": None, "revision": "sha256-" + "f" * 64},
    }
    custom["result"]["dataset_revision"] = custom["dataset"]["revision"]
    return report(similar, subsets, custom)


def card(sts: float = 0.8203247283, *, chart: bool = False) -> Card:
    """The card of those results; drawing the chart takes long."""
    return write_card(README, measured(sts), iso_639_1={"eng": "en"}, publish_radar=chart)


def propose(hub: LocalHub, files: Card) -> int:
    """The bot's pull request, as publishing opens it. Returns its number."""
    return hub.open_pull(MODEL, files.files, "mteb-bot", TITLE, f"Results.\n\n{MARKER}").number


def publish(hub: LocalHub, *, chart: bool = True) -> None:
    """A model, and results that its owner merged."""
    hub.create_model(MODEL, {"README.md": README, "config.json": b"{}"})
    hub.merge_pull(MODEL, propose(hub, card(chart=chart)), "org")


def read(hub: LocalHub, path: str) -> bytes:
    """A file on main."""
    return hub.hub.find(MODEL).git.read("refs/heads/main", path)


def edit(path: str, old: str, new: str, *, times: int = 1) -> Callable[[LocalHub], None]:
    """A person who replaces text in a file."""

    def by(hub: LocalHub) -> None:
        text = read(hub, path).decode()
        assert old in text
        hub.commit(MODEL, {path: text.replace(old, new, times).encode()}, "org")

    return by


def put(path: str, content: bytes | None) -> Callable[[LocalHub], None]:
    """A person who writes a file, or deletes it."""

    def by(hub: LocalHub) -> None:
        hub.commit(MODEL, {path: content}, "org")

    return by


def bad_rows(said: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Rule, state, message and fix of each row that is not ok."""
    return [
        (row["id"], row["state"], row["message"], row["fix"])
        for row in said["rows"]
        if row["state"] != "ok"
    ]


def unpublish(hub: LocalHub) -> None:
    """The owner takes everything back."""
    files = hub.hub.find(MODEL).git.files()
    ours = {path: None for path in files if path.startswith(("mteb_results/", ".eval_results/"))}
    hub.commit(MODEL, {**ours, CARD: README}, "org")
