"""A run from its identity to what goes into the folder: the steps that GitHub and a local folder share."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from bot.artifacts.collect import Artifacts, Evaluation, Found, collect
from bot.artifacts.collected import SUBMISSION, Collected, State
from bot.artifacts.identity import Identity, RunFacts, identity_of
from bot.artifacts.local_artifacts import LocalArtifacts
from bot.artifacts.merge import written
from bot.artifacts.missing import Ended
from bot.artifacts.model_artifact import ARTIFACT as MODEL
from bot.artifacts.model_artifact import ModelArtifact, open_model
from bot.artifacts.plan_artifact import ARTIFACT, check_tasks, read_plan
from bot.artifacts.result_files import result_files
from bot.artifacts.shard import REPORT
from bot.check import CannotReadFile
from bot.finetuned.data import training_errors
from bot.plan_files import CannotPlanSubmission, valid_config
from schemas.errors import CommandError
from schemas.mteb_index import mteb_index
from schemas.plan import Plan, load_plan
from schemas.submission import ModelConfig

_DIGEST = 16  # hex digits, as the comment's marker has them


@dataclass(frozen=True)
class Gathered:
    """What a run came to, and all files to write of it; `notes` are for people.

    `model` is the tuned model, where one was wanted and there is one.
    """

    collected: Collected
    found: Found
    files: Mapping[str, bytes]
    model: ModelArtifact | None = None

    @property
    def notes(self) -> list[str]:
        """Why artifacts were refused, trainings failed, and tasks have no result, each reason once."""
        report = self.found.report or {"error": None, "tasks": []}
        errors = [report["error"], *(task["error"] for task in report["tasks"])]
        said = [error["message"] for error in [*errors, *training_errors(report)] if error]
        return list(dict.fromkeys([*self.found.refusals, *said]))

    @property
    def report_digest(self) -> str:
        """The report's digest, as the comment's marker has it; empty without a report."""
        content = self.files.get(REPORT)
        return sha256(content).hexdigest()[:_DIGEST] if content else ""


def gather_run(
    facts: RunFacts,
    artifacts: Artifacts,
    root: Path,
    *,
    tasks_anew: bool = True,
    models: Artifacts | None = None,
) -> Gathered:
    """Collect a run of the workflow; `root` has the files of the submission.

    `tasks_anew`: whether its tasks must be those that the config comes to today, as with every run just over. `models`
    is where its tuned model is, if that is wanted: what is allowed to be larger than all else.

    Raises:
        CommandError: it cannot be told how the run ended.
        RefusedArtifact: the tuned model breaks a rule.
    """
    identity = identity_of(facts)
    subject = identity.subject
    ended = Ended(facts.conclusion, facts.started_at, facts.ended_at)
    try:
        config = valid_config(root, subject.config)
    except (CannotPlanSubmission, CannotReadFile) as error:
        return _without_config(identity, ended, error)

    def plan_in(stream: BinaryIO) -> Plan:
        return _plan_in(stream, identity, config, tasks_anew=tasks_anew)

    evaluation = Evaluation(config, subject.sha, plan_in, mteb_index(), ended)
    found = collect(artifacts, evaluation)
    collected = Collected(
        _state(found, ended),
        subject.config,
        config.model,
        found.smoke,
        identity.run,
        subject.pull,
        subject.sha,
    )
    model = _model(models, config, collected)
    return Gathered(collected, found, _files(found, root, config), model)


def gather_local(plan_file: Path, folder: Path, root: Path, *, weights: bool = False) -> Gathered:
    """Collect a run outside of GitHub by its plan, which is trusted; with its tuned model, if `weights`.

    Raises:
        CannotReadPlan: there is no plan.
        CommandError: an artifact cannot be read.
    """
    plan = load_plan(plan_file)
    config = valid_config(root, plan.config)
    evaluation = Evaluation(config, plan.head_sha, lambda _: plan, mteb_index(), Ended())
    found = collect(_Planned(LocalArtifacts(folder), plan_file), evaluation)
    state = _state(found, Ended())
    collected = Collected(
        state, plan.config, plan.model, plan.smoke, pull=plan.pull, sha=plan.head_sha
    )
    model = _model(LocalArtifacts(folder) if weights else None, config, collected)
    return Gathered(collected, found, _files(found, root, config), model)


@dataclass(frozen=True)
class _Planned:
    """A folder's artifacts, and the plan from elsewhere."""

    artifacts: LocalArtifacts
    plan: Path

    def open(self, name: str) -> BinaryIO | None:
        return self.plan.open("rb") if name == ARTIFACT else self.artifacts.open(name)


def _plan_in(
    stream: BinaryIO, identity: Identity, config: ModelConfig, *, tasks_anew: bool
) -> Plan:
    with stream:
        plan = read_plan(stream, identity, config)
    if tasks_anew:
        check_tasks(plan, config)
    return plan


def _state(found: Found, ended: Ended) -> State:
    """A cancelled run counts as such even where all was measured: somebody wanted no result."""
    if ended.cancelled:
        return "cancelled"
    complete = found.report is not None and found.report["status"] == "completed"
    return "evaluated" if complete else "failed"


def _model(
    models: Artifacts | None, config: ModelConfig, collected: Collected
) -> ModelArtifact | None:
    """The tuned model of a run with scores whose config wants it published."""
    wanted = config.finetune is not None and config.finetune.publish is not None
    if models is None or not wanted or collected.state != "evaluated" or collected.smoke:
        return None
    stream = models.open(MODEL)
    return open_model(stream) if stream else None


def _without_config(identity: Identity, ended: Ended, error: CommandError) -> Gathered:
    """Nothing was evaluated: the run must have said so, and left nothing."""
    subject, state = identity.subject, _state(Found(None), ended)
    collected = Collected(
        state,
        subject.config,
        subject.model,
        smoke=False,
        run=identity.run,
        pull=subject.pull,
        sha=subject.sha,
    )
    return Gathered(collected, Found(None, refusals=(error.message,)), {})


def _files(found: Found, root: Path, config: ModelConfig) -> dict[str, bytes]:
    named = [config.file, *(task.file for task in config.tasks if task.file)]
    paths = {os.path.relpath(path, root): path for path in named}
    files = {
        f"{SUBMISSION}/{name}": path.read_bytes()
        for name, path in paths.items()
        if not name.startswith("..")
    }
    if found.report is None:
        return files
    return {
        **files,
        REPORT: written(found.report),
        **result_files(found.report, found.meta),
    }
