"""run_settings.jsonl: with which packages and options each subset was evaluated, one JSON object a line.

The results repository wants an entry for every score that is new (its tests/run_settings_check.py).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.report import Report
from bot.results_repository.merge import Place, oldest_version
from schemas.strict_json import parse_strict_json

Scope = tuple[str, str, str]  # task, split, subset
Settings = Mapping[str, Any]

MAX_BYTES = 16 * 1024 * 1024
_PACKAGES = ("mteb", "torch", "sentence-transformers", "flash-attn", "transformers")
_PLACE_KEYS = frozenset({"task", "split", "splits", "subset", "subsets"})


def parse_settings(content: bytes) -> dict[Scope, Settings]:
    """The settings of each scope; the last line counts, lines in no known shape are passed over."""
    found: dict[Scope, Settings] = {}
    for line in content[:MAX_BYTES].splitlines():
        try:
            entry = parse_strict_json(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            settings = {key: value for key, value in entry.items() if key not in _PLACE_KEYS}
            found.update(dict.fromkeys(_scopes(entry), settings))
    return found


def settings_of(report: Report) -> dict[Scope, Settings]:
    """What a runner's report says of each of its scores. The mteb version stands in the score itself."""
    packages = report.provenance["packages"]
    options = {"batch_size": report.provenance["batch_size"]}
    found: dict[Scope, Settings] = {}
    for outcome in report.outcomes:
        if outcome.scores is None:
            continue
        result = outcome.scores.result
        for split, entries in result["scores"].items():
            for entry in entries:
                own = entry.get("mteb_version") or result["mteb_version"]
                versions = {name: packages.get(name) for name in _PACKAGES}
                version = {**versions, "mteb": own or packages.get("mteb")}
                scope = (outcome.task, split, entry["hf_subset"])
                found[scope] = {"version": version, "encode_kwargs": options}
    return found


def appended(content: bytes, settings: Mapping[Scope, Settings], wanted: Iterable[Scope]) -> bytes:
    """`content` with a line for what it lacks of `wanted`; the lines that are there stay as they are."""
    known = parse_settings(content)
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for task, split, subset in wanted:
        scope = (task, split, subset)
        if scope not in known and scope in settings:
            shared = json.dumps(settings[scope])
            grouped.setdefault((task, split, shared), []).append(subset)
    lines = [
        json.dumps({"task": task, "splits": [split], **json.loads(shared), "subsets": subsets})
        for (task, split, shared), subsets in grouped.items()
    ]
    if not lines:
        return content
    start = content if content.endswith(b"\n") or not content else content + b"\n"
    return start + "".join(f"{line}\n" for line in lines).encode()


def mteb_version_in(settings: Settings) -> str | None:
    """The mteb version that an entry names, if it names one that can be read."""
    version = settings.get("version")
    named = version.get("mteb") if isinstance(version, dict) else None
    return named if isinstance(named, str) and oldest_version(named) else None


def scopes_of(task: str, places: Iterable[Place]) -> list[Scope]:
    """The scopes of some subsets of a task."""
    return [(task, split, subset) for split, subset in places]


def _scopes(entry: Mapping[str, Any]) -> Iterator[Scope]:
    """Every (task, split, subset) of a line; before mteb 2.18.17 a line named one `split` and one `subset`."""
    task = entry.get("task")
    splits, subsets = _texts(entry, "split"), _texts(entry, "subset")
    if isinstance(task, str) and task:
        yield from ((task, split, subset) for split in splits for subset in subsets)


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    """The texts in `<key>s` or `<key>`; a line that has both is in neither shape."""
    if key in entry and f"{key}s" in entry:
        return []
    value = entry.get(f"{key}s", entry.get(key))
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text]
