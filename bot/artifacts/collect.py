"""From the artifacts of a run to one report: each is read, refused or missed, and the rest is merged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol

from bot.artifacts.limits import Limits
from bot.artifacts.merge import Merging, empty_report, merged_report, written
from bot.artifacts.missing import Ended, Missing, left_no_plan, left_nothing, refused
from bot.artifacts.plan_artifact import ARTIFACT
from bot.artifacts.refusal import RefusedArtifact
from bot.artifacts.report_rules import Expected
from bot.artifacts.shard import REPORT, ShardReport, artifact_of, read_shard
from bot.report import MAX_BYTES
from schemas.mteb_index import MtebIndex
from schemas.plan import Plan, Shard
from schemas.submission import ModelConfig


class Artifacts(Protocol):
    """What a run left, by name."""

    def open(self, name: str) -> BinaryIO | None:
        """An artifact's zip, None where the run left none of this name.

        Raises:
            RefusedArtifact: it is larger than any evaluation's.
            CommandError: it cannot be had, now or ever again.
        """
        ...


@dataclass(frozen=True)
class Evaluation:
    """What was evaluated, as far as nobody but GitHub and the pull request said so. `plan_in` reads its plan."""

    config: ModelConfig
    head_sha: str | None
    plan_in: Callable[[BinaryIO], Plan]
    index: MtebIndex
    ended: Ended


@dataclass(frozen=True)
class Found:
    """What came of a run: its report, the model's metadata, and which artifacts were refused, and why.

    `report` is None where it was cancelled before it was planned.
    """

    report: Mapping[str, Any] | None
    smoke: bool = False
    meta: Mapping[str, Any] | None = None
    refusals: tuple[str, ...] = ()


def collect(artifacts: Artifacts, evaluation: Evaluation, limits: Limits | None = None) -> Found:
    """One report of all shards.

    Raises:
        CommandError: an artifact cannot be had, so it cannot be told how the run ended.
    """
    try:
        stream = artifacts.open(ARTIFACT)
        plan = evaluation.plan_in(stream) if stream else None
    except RefusedArtifact as refusal:
        return _nothing(evaluation, refused(refusal), (refusal.message,))
    if plan is None:
        if evaluation.ended.cancelled:
            return Found(None)
        return _nothing(evaluation, left_no_plan())
    return _merged(_Reading(artifacts, evaluation, plan, limits or Limits()).all())


@dataclass(frozen=True)
class _Read:
    merging: Merging
    refusals: tuple[RefusedArtifact, ...]


@dataclass(frozen=True)
class _Reading:
    """The shards of one run, read one after the other."""

    artifacts: Artifacts
    evaluation: Evaluation
    plan: Plan
    limits: Limits

    def all(self) -> _Read:
        """Every shard's report, or why there is none."""
        shards: list[ShardReport] = []
        missing: dict[int, Missing] = {}
        refusals: list[RefusedArtifact] = []
        for shard in self.plan.shards:
            try:
                found = self._shard(shard)
                if found:
                    _check_beside(found, shards)
            except RefusedArtifact as refusal:
                refusals.append(refusal)
                missing[shard.number] = refused(refusal)
                continue
            if found is None:
                missing[shard.number] = left_nothing(shard, self.evaluation.ended)
            else:
                shards.append(found)
        one = self.evaluation
        merging = Merging(self.plan, one.config, one.index, shards, missing, one.ended)
        return _Read(merging, tuple(refusals))

    def _shard(self, shard: Shard) -> ShardReport | None:
        stream = self.artifacts.open(artifact_of(shard))
        if stream is None:
            return None
        expected = Expected(self.plan, self.evaluation.config, self.evaluation.index)
        with stream:
            return read_shard(stream, shard, expected, self.limits)


def _check_beside(found: ShardReport, others: Sequence[ShardReport]) -> None:
    """Raises RefusedArtifact where shards were not of one model, or are too large together."""
    name = f"results-{found.number}"
    if sum(one.bytes for one in (*others, found)) > MAX_BYTES:
        rule = f"the reports of all shards up to it have more than {MAX_BYTES:,} bytes"
        raise RefusedArtifact(name, REPORT, rule)
    weights = _weights(found)
    for other in others:
        if weights and (theirs := _weights(other)) and weights != theirs:
            rule = f"it was measured with other weights than shard {other.number}"
            raise RefusedArtifact(name, REPORT, rule)


def _weights(shard: ShardReport) -> dict[str, str]:
    return {one["file"]: one["sha256"] for one in shard.report["provenance"]["weights"]}


def _merged(read: _Read) -> Found:
    merging = read.merging
    report = merged_report(merging)
    refusals = read.refusals
    if len(written(report)) > MAX_BYTES:
        rule = f"the report of all shards has more than {MAX_BYTES:,} bytes"
        refusals = (*refusals, RefusedArtifact("results-*", REPORT, rule))
        missing = {shard.number: refused(refusals[-1]) for shard in merging.plan.shards}
        report = merged_report(replace(merging, shards=(), missing=missing))
    metas = (shard.meta for shard in merging.ordered if shard.meta)
    said = tuple(refusal.message for refusal in refusals)
    return Found(report, merging.plan.smoke, next(metas, None), said)


def _nothing(evaluation: Evaluation, why: Missing, refusals: tuple[str, ...] = ()) -> Found:
    report = empty_report(evaluation.config, evaluation.head_sha, why, evaluation.ended)
    return Found(report, refusals=refusals)
