"""The plan that an evaluation ran by: an artifact like any other, so held against the run's identity and the config."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from bot.artifacts.archive import Names, open_archive
from bot.artifacts.identity import Identity
from bot.artifacts.limits import Limits
from bot.artifacts.refusal import RefusedArtifact
from bot.plan_files import planned
from bot.planning.plan import Submission
from bot.planning.request import parse_request
from bot.planning.training import trained_models
from schemas.errors import CommandError
from schemas.plan import CannotReadPlan, Plan, plan_from, request_digest
from schemas.settings import Settings
from schemas.submission import ModelConfig

ARTIFACT, ENTRY = "plan", "plan.json"
_NAMES = Names(re.compile(r"plan\.json"), unread="submission/")


def read_plan(
    stream: BinaryIO, identity: Identity, config: ModelConfig, limits: Limits | None = None
) -> Plan:
    """The plan in the artifact.

    Raises:
        RefusedArtifact: it is none, or not this run's.
    """
    archive = open_archive(stream, ARTIFACT, _NAMES, limits)
    try:
        plan = plan_from(archive.read(ENTRY))
    except CannotReadPlan as error:
        raise RefusedArtifact(ARTIFACT, ENTRY, f"it is no plan: {error.message}") from error
    for what, said, wanted in _claims(plan, identity, config):
        if said != wanted:
            raise RefusedArtifact(ARTIFACT, ENTRY, f"its {what} is {said}, not {wanted}")
    return plan


def check_tasks(plan: Plan, config: ModelConfig) -> None:
    """Hold the plan's tasks against what config and request come to, today.

    Raises:
        RefusedArtifact: they are other tasks.
    """
    try:
        request = parse_request(plan.request)
        anew = planned(Submission(config, plan.config), request, Settings())
    except CommandError as error:
        rule = f"nobody can have asked for this: {error.message}"
        raise RefusedArtifact(ARTIFACT, ENTRY, rule) from error
    if [task.name for task in plan.tasks] != [task.name for task in anew.tasks]:
        raise RefusedArtifact(ARTIFACT, ENTRY, "its tasks are not those that the config asks for")


def _claims(plan: Plan, identity: Identity, config: ModelConfig) -> Iterator[tuple[str, Any, Any]]:
    """What the plan says of itself, what it says, and what is true."""
    subject = identity.subject
    yield "pull request", plan.pull, subject.pull
    yield "commit", plan.head_sha, subject.sha
    yield "config", plan.config, subject.config
    yield "config's digest", plan.config_sha256, config.sha256
    yield "model", plan.model, config.model
    yield "revision", plan.revision, config.revision
    yield "number of trained models", plan.trains, trained_models(config.finetune)
    yield "request's digest", request_digest(plan.request), identity.request
