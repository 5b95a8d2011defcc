"""The files below results/ that a report comes to: written from what was checked, never copied from an artifact."""

from collections.abc import Mapping
from typing import Any

from bot.report import report_from
from bot.results_repository.layout import LARGEST_FILE, META, SETTINGS, revision_folder
from bot.results_repository.model_meta import meta_content
from bot.results_repository.run_settings import appended, settings_of
from bot.results_repository.task_case import written


def result_files(report: Mapping[str, Any], meta: Mapping[str, Any] | None) -> dict[str, bytes]:
    """Path → content of the completed tasks, in mteb's layout; nothing of a smoke run."""
    if report["smoke"] or meta is None:
        return {}
    folder = revision_folder(report["model"]["name"], report["model"]["revision"])
    done = {task["name"]: task["result"] for task in report["tasks"] if task["result"]}
    settings = settings_of(report_from(report))
    return {
        **{f"{folder}/{name}.json": _content(result) for name, result in done.items()},
        f"{folder}/{META}": meta_content(meta),
        f"{folder}/{SETTINGS}": appended(b"", settings, settings),
    }


def _content(result: Mapping[str, Any]) -> bytes:
    """As mteb writes it; on one line where that is too large for a results repository."""
    content = written(result, indent=2)
    return content if len(content) <= LARGEST_FILE else written(result, indent=None)
