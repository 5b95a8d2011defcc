"""What a shard's report must keep to: its schema, itself, and what was to be measured."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.artifacts.refusal import BrokenRule
from bot.finetuned.agreement import disagreement
from bot.finetuned.data import Finetuned
from bot.report import report_from
from bot.report_consistency import contradictions
from bot.report_identity import expected_revision
from bot.results_repository.layout import model_folder
from bot.results_repository.merge import repeated_places
from schemas.mteb_index import MtebIndex
from schemas.plan import Plan, Shard
from schemas.submission import ModelConfig
from schemas.validate import violations

_MOST = 1e9  # seconds, kilowatt-hours


@dataclass(frozen=True)
class Expected:
    """What a shard's results must be of."""

    plan: Plan
    config: ModelConfig
    index: MtebIndex

    @property
    def folder(self) -> str:
        """Where results lie in the archive, as a pattern: what a tuned model's revision is only its report tells."""
        trained = self.config.finetune is not None
        revision = "[0-9a-f]{40}" if trained else re.escape(self.plan.revision)
        return f"{re.escape(model_folder(self.plan.model))}/{revision}"


def check_report(report: Any, shard: Shard, expected: Expected) -> None:
    """Hold a report against the plan.

    Raises:
        BrokenRule: it breaks its schema, contradicts itself, or is of something else.
    """
    if broken := violations(report, "report", most=3):
        raise BrokenRule("it breaks the report schema: " + "; ".join(broken))
    if against := contradictions(report):
        raise BrokenRule("it contradicts itself: " + "; ".join(against[:3]))
    for what, said, wanted in _identity(report, expected):
        if said != wanted:
            raise BrokenRule(f"its {what} is {said}, not {wanted}")
    told = report_from(report)
    if why := disagreement(told, expected.config):
        raise BrokenRule(why)
    if told.finetuned:
        _check_training(told.finetuned, shard)
    _check_amounts(report["provenance"])
    _check_tasks(report, shard, expected.index)


def _identity(report: Mapping[str, Any], expected: Expected) -> Iterator[tuple[str, Any, Any]]:
    """What the report says of itself, what it says, and what is true."""
    plan, config = expected.plan, expected.config
    model, provenance = report["model"], report["provenance"]
    yield "model", model["name"], plan.model
    yield "revision", model["revision"], expected_revision(report_from(report), config)
    yield "commit", provenance["head_sha"], plan.head_sha
    yield "config's digest", provenance["config_sha256"], plan.config_sha256
    yield "smoke mark", report["smoke"], plan.smoke
    yield "licence", model["license"], config.license
    yield "list of languages", model["languages"], list(config.languages)


def _check_amounts(provenance: Mapping[str, Any]) -> None:
    """What the reports of all shards are added up in."""
    amounts = (provenance["seconds"], provenance["energy_kwh"] or 0)
    if max(amounts) > _MOST:
        raise BrokenRule("its seconds or kilowatt-hours are beyond all reason")
    if "shards" in provenance:
        raise BrokenRule("it speaks for several shards")


def _check_training(tuned: Finetuned, shard: Shard) -> None:
    """Its tasks are held against the plan: a report in which no training ended lists none itself."""
    if tuned.contamination.allowed:
        raise BrokenRule("it allows training on evaluated rows, which no workflow asks for")
    scores = (tuned.raw, *(run.tasks for run in tuned.runs))
    named = {task.name for tasks in scores for task in tasks} | set(tuned.contamination.checked)
    if named - set(shard.tasks):
        raise BrokenRule("its training names tasks that the plan does not give to this shard")


def _check_tasks(report: Mapping[str, Any], shard: Shard, index: MtebIndex) -> None:
    """A run that was stopped before its first task names some of its tasks, or none."""
    names = {task["name"] for task in report["tasks"]}
    if names - set(shard.tasks) or (not report["error"] and names != set(shard.tasks)):
        raise BrokenRule("its tasks are not those that the plan gives to this shard")
    for task in report["tasks"]:
        if task["custom"] is not (index.task(task["name"]) is None):
            raise BrokenRule("it takes a task of mteb for a custom task, or the reverse")
        if task["result"] and repeated_places(task["result"]):
            raise BrokenRule("a subset stands twice in a result")
