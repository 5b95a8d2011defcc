"""What one machine left: its report and its results, held against the plan, the config and each other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from bot.artifacts.archive import Archive, Names, open_archive
from bot.artifacts.content import json_of_mteb, strict_json
from bot.artifacts.limits import Limits
from bot.artifacts.refusal import BrokenRule, RefusedArtifact
from bot.artifacts.report_rules import Expected, check_report
from bot.results_repository.layout import META, SETTINGS, revision_folder
from bot.results_repository.model_meta import unusable_meta
from schemas.mteb_index import MtebIndex
from schemas.plan import Shard

REPORT = "report.json"
_TASK_FILE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}\.json"


@dataclass(frozen=True)
class ShardReport:
    """A shard's report that keeps all rules, and the model's metadata, None where it scored nothing."""

    number: int
    report: Mapping[str, Any]
    meta: Mapping[str, Any] | None
    bytes: int


def artifact_of(shard: Shard) -> str:
    """The artifact's name."""
    return f"results-{shard.number}"


def read_shard(
    stream: BinaryIO, shard: Shard, expected: Expected, limits: Limits | None = None
) -> ShardReport:
    """The report in a shard's artifact.

    Raises:
        RefusedArtifact: a rule is broken; nothing of the artifact may be used.
    """
    allowed = re.compile(rf"{REPORT}|{expected.folder}/({_TASK_FILE}|{re.escape(SETTINGS)})")
    archive = open_archive(stream, artifact_of(shard), Names(allowed), limits)
    report = strict_json(archive, REPORT)
    try:
        check_report(report, shard, expected)
        meta = _check_results(archive, report, shard, expected)
    except BrokenRule as broken:
        raise RefusedArtifact(archive.name, broken.entry or REPORT, broken.rule) from broken
    return ShardReport(shard.number, report, meta, len(archive.read(REPORT)))


def _check_results(
    archive: Archive, report: Mapping[str, Any], shard: Shard, expected: Expected
) -> Mapping[str, Any] | None:
    """The model's metadata. A smoke run keeps its results to itself."""
    revision = report["model"]["revision"]
    folder = revision_folder(expected.plan.model, revision)
    _check_files(archive, folder, shard, expected)
    done = {task["name"]: task["result"] for task in report["tasks"] if task["result"]}
    if not done or report["smoke"]:
        return None
    for task, result in done.items():
        entry = f"{folder}/{task}.json"
        if not _agree(json_of_mteb(archive, entry), result):
            raise BrokenRule("it is not the result that the report holds", entry)
    entry = f"{folder}/{META}"
    meta: Mapping[str, Any] = json_of_mteb(archive, entry)
    if why := unusable_meta(meta, expected.plan.model, revision):
        raise BrokenRule(f"it is no metadata of this model: {why}", entry)
    return meta


def _check_files(archive: Archive, folder: str, shard: Shard, expected: Expected) -> None:
    """Results may be of the shard's tasks and, where one is the mean of others, of those."""
    known = set(_with_parts(shard.tasks, expected.index))
    for entry in archive.names:
        where, _, name = entry.rpartition("/")
        if where not in {"", folder}:
            raise BrokenRule("it is of another revision than the report", entry)
        if name not in {REPORT, META, SETTINGS} and name.removesuffix(".json") not in known:
            raise BrokenRule("it is of a task that the plan does not give to this shard", entry)


def _with_parts(tasks: tuple[str, ...], index: MtebIndex) -> Iterator[str]:
    for name in tasks:
        yield name
        if (task := index.task(name)) and task.parts:
            yield from _with_parts(task.parts, index)


def _agree(file: Any, result: Mapping[str, Any]) -> bool:
    """Whether a result file holds a report's result; it may hold more splits and subsets than were asked for."""
    if not isinstance(file, dict) or not isinstance(file.get("scores"), dict):
        return False
    if {**file, "scores": 0} != {**result, "scores": 0}:
        return False
    for split, entries in result["scores"].items():
        there = file["scores"].get(split)
        listed = [one for one in there if isinstance(one, dict)] if isinstance(there, list) else []
        by_subset = {str(one.get("hf_subset")): one for one in listed}
        if any(by_subset.get(entry["hf_subset"]) != entry for entry in entries):
            return False
    return True
