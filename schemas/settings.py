"""The maintainers' settings of a board, `.github/mteb-bot.yml`, as frozen data; without a file all are defaults."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from schemas.errors import CommandError
from schemas.problem import Problem, shown
from schemas.validate import problems_in
from schemas.yaml_document import YamlDocument, parse_yaml, read_bytes

SETTINGS_FILE = Path(".github/mteb-bot.yml")
_MOST_NAMED = 20

PublishOn = Literal["evaluated", "merged", "never"]
TunedWeights = Literal["never", "private", "public"]


class BrokenSettings(CommandError):
    """The settings cannot be read, or break their schema: the maintainers' turn, not the submitter's."""


@dataclass(frozen=True)
class Limits:
    """What one shard may use (`weights_gb`: the model), and how many shards share an evaluation. GB are 10^9 bytes."""

    weights_gb: float = 40
    hours: float = 12
    shards: int = 4
    memory_gb: float = 64
    disk_gb: float = 100
    processes: int = 4096


@dataclass(frozen=True)
class CodeApproval:
    """A maintainer read the code of a model at one commit and lets it run in the sandbox."""

    model: str
    revision: str
    approved_by: str
    reason: str


@dataclass(frozen=True)
class QuoteSettings:
    """`gpu_teraflops` is what the GPU reaches, not its peak; without a price no cost is told."""

    gpu_teraflops: float = 30
    price_per_hour: float | None = None
    currency: str = "EUR"


@dataclass(frozen=True)
class Settings:
    """Everything a board's maintainers decide in their file; `tuned_weights` is where these may go at most."""

    publish_on: PublishOn = "merged"
    tuned_weights: TunedWeights = "never"
    limits: Limits = Limits()
    compare_with: tuple[str, ...] = ()
    custom_code: tuple[CodeApproval, ...] = ()
    canaries: tuple[str, ...] = ()
    quote: QuoteSettings = QuoteSettings()
    bot_login: str = "github-actions[bot]"

    def approval(self, model: str, revision: str) -> CodeApproval | None:
        """The approval of exactly this commit's code, if there is one."""
        same = (a for a in self.custom_code if (a.model, a.revision) == (model, revision))
        return next(same, None)


def load_settings(path: Path) -> tuple[Settings | None, YamlDocument, list[Problem]]:
    """Read and validate the settings: (settings or None, the document with positions, problems).

    Where there is no file, all settings are defaults.

    Raises:
        OSError: the file cannot be read.
    """
    if not os.path.lexists(path):
        return Settings(), YamlDocument(str(path)), []
    document = parse_yaml(read_bytes(path), str(path))
    problems = problems_in(document, "settings")
    return (None if problems else _settings(document.data)), document, problems


def read_settings(path: Path = SETTINGS_FILE) -> Settings:
    """The settings, for commands that need them to go on.

    Raises:
        BrokenSettings: the file cannot be read, or breaks its schema; the message has every problem.
    """
    fix = "mend the file on the default branch; `mteb-bot check` on it lists every problem"
    try:
        settings, _, problems = load_settings(path)
    except OSError as error:
        raise BrokenSettings(f"{shown(str(path), 300)}: {error.strerror}", fix) from error
    if settings is None:
        said = "; ".join(
            f"{p.file}:{p.line}:{p.column} {p.message}" for p in problems[:_MOST_NAMED]
        )
        raise BrokenSettings(f"the settings are not valid: {said}", fix)
    return settings


def _settings(data: Any) -> Settings:
    given: Mapping[str, Any] = data
    plain = {"bot_login": given["bot_login"]} if "bot_login" in given else {}
    publish = given.get("publish", {})
    return Settings(
        publish_on=publish.get("on", "merged"),
        tuned_weights=publish.get("tuned_weights", "never"),
        limits=Limits(**given.get("limits", {})),
        compare_with=tuple(given.get("compare_with", ())),
        custom_code=tuple(CodeApproval(**approval) for approval in given.get("custom_code", ())),
        canaries=tuple(given.get("canaries", ())),
        quote=QuoteSettings(**given.get("quote", {})),
        **plain,
    )
