"""Evaluation results that a model states in `.eval_results/*.yaml`, as the Hub accepts them.

The format: hub-docs, eval_results.yaml and docs/hub/eval-results.md.
"""

from typing import Any

import yaml

from tests.standins.hub.contents import files as files_of
from tests.standins.hub.contents import text_of
from tests.standins.hub.state import Repository

_FOLDER = ".eval_results/"
_KEYS = {"dataset", "value", "verifyToken", "date", "source", "evaluation_framework", "notes"}
_DATASET_KEYS = {"id", "task_id", "revision"}
_SOURCE_KEYS = {"url", "name", "user", "org"}


def stated(repository: Repository, commit: str) -> list[dict[str, Any]]:
    """`evalResults`: each entry with its file, or the error for which a file counts for nothing."""
    found: list[dict[str, Any]] = []
    for path in files_of(repository, commit):
        if path.startswith(_FOLDER) and path.endswith((".yaml", ".yml")):
            found += _entries(path, text_of(repository, commit, path))
    return found


def _entries(path: str, content: bytes | None) -> list[dict[str, Any]]:
    try:
        entries = yaml.safe_load((content or b"").decode())
        problem = _problem(entries)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = f"Invalid YAML: {error}"
    if problem:
        return [{"filename": path, "error": problem}]
    return [{"filename": path, "verified": False, "data": _plain(entry)} for entry in entries]


def _problem(entries: Any) -> str | None:
    if not isinstance(entries, list) or not entries:
        return "must be a list of results"
    found = (_wrong(entry, f"[{index}]") for index, entry in enumerate(entries))
    return next((problem for problem in found if problem), None)


def _wrong(entry: Any, where: str) -> str | None:
    if not isinstance(entry, dict) or set(entry) - _KEYS:
        return f"{where} may hold {sorted(_KEYS)}"
    dataset, source = entry.get("dataset"), entry.get("source", {"url": ""})
    if not isinstance(dataset, dict) or set(dataset) - _DATASET_KEYS:
        return f"{where}.dataset may hold {sorted(_DATASET_KEYS)}"
    if not all(isinstance(dataset.get(name), str) for name in ("id", "task_id")):
        return f"{where}.dataset needs id and task_id"
    if isinstance(entry.get("value"), bool) or not isinstance(entry.get("value"), int | float):
        return f"{where}.value must be a number"
    if not isinstance(source, dict) or set(source) - _SOURCE_KEYS or "url" not in source:
        return f"{where}.source needs url"
    return None


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """YAML's dates are strings in JSON."""
    return {**entry, "date": str(entry["date"])} if "date" in entry else entry
