"""Workflow runs: list evaluations of a pull request, start and stop them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

from github.Repository import Repository
from github.WorkflowRun import WorkflowRun

from bot.commanding.runs import EVALUATE, EVALUATE_PATH, EVENT, EvaluationRun, subject_in
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation import CannotReport
from bot.github_api.conversation_shapes import as_described

Answer = TypeVar("Answer")

_ACTIONS = "actions: write"
_MOST_RUNS = 1000
_NOT_FOUND, _CONFLICT = 404, 409


class CannotUseRuns(CannotReport):
    """GitHub does not let the bot list, start or stop workflow runs; `fix` names the permission."""


class GithubRuns:
    """The runs of `repository` (`owner/name`) that the workflow files of its default branch made."""

    def __init__(self, connection: GithubConnection, repository: str) -> None:
        self._connection = connection
        self._name = repository
        self._repository = connection.api.get_repo(repository)
        self._branch = ""

    @property
    def branch(self) -> str:
        """The default branch; asked for once."""
        if not self._branch:
            self._branch = self._read("read the repository", self._default_branch)
        return self._branch

    def opened(self, pull: int) -> datetime:
        """When a pull request was opened: no evaluation of it is older.

        Raises:
            CannotUseRuns: it may not be read.
            ServiceAtFault: no answer within the policy's tries.
        """
        get = self._repository.get_pull
        return self._read(f"read pull request {pull}", lambda: get(pull).complete().created_at)

    def evaluations(self, pull: int, since: datetime) -> list[EvaluationRun]:
        """The evaluations of a pull request that was opened at `since`, the newest first.

        Raises:
            CannotUseRuns: they may not be listed.
            ServiceAtFault: no answer within the policy's tries.
        """
        branch = self.branch
        found = self._read("list workflow runs", lambda: self._listed(since, branch))
        return [run for run in found if run.subject.pull == pull]

    def dispatch(self, workflow: str, inputs: Mapping[str, str]) -> int | None:
        """Start a workflow of the default branch; the id of its run, where GitHub tells it.

        Raises:
            MaybeApplied: the answer got lost, and a second evaluation would cost time: look first.
            CannotUseRuns: it may not be started.
            ServiceAtFault: no answer within the policy's tries.
        """
        branch = self.branch
        start = self._connection.add if workflow == EVALUATE else self._connection.repeat

        def call() -> int | None:
            made = self._repository.get_workflow(workflow).create_dispatch(
                branch, dict(inputs), throw=True, return_run_details=True
            )
            return made.id if isinstance(made, WorkflowRun) else None

        try:
            return start(lambda: as_described(call))
        except GithubRefused as error:
            raise CannotUseRuns(f"start {workflow}", _ACTIONS, error) from error

    def cancel(self, run: int) -> None:
        """Stop a run; one that has ended, or is gone, needs no stopping.

        Raises:
            CannotUseRuns: it may not be stopped.
            ServiceAtFault: no answer within the policy's tries.
        """
        url = f"/repos/{self._name}/actions/runs/{run}/cancel"
        requester = self._connection.api.requester
        try:
            self._connection.repeat(lambda: requester.requestJsonAndCheck("POST", url))
        except GithubRefused as error:
            if error.status not in {_NOT_FOUND, _CONFLICT}:
                raise CannotUseRuns(f"stop run {run}", _ACTIONS, error) from error

    def _default_branch(self) -> str:
        repository: Repository = self._repository.complete()
        return repository.default_branch

    def _listed(self, since: datetime, branch: str) -> list[EvaluationRun]:
        found = []
        for run in islice(self._repository.get_workflow(EVALUATE).get_runs(), _MOST_RUNS):
            if run.created_at < since:
                break
            if self._is_ours(run, branch) and (one := _evaluation(run)):
                found.append(one)
        return sorted(found, key=lambda run: run.id, reverse=True)

    def _is_ours(self, run: WorkflowRun, branch: str) -> bool:
        """Whether the file on the default branch made it: a copy on another branch may claim anything."""
        return (
            run.path.partition("@")[0] == EVALUATE_PATH
            and (run.event, run.head_branch) == (EVENT, branch)
            and run.head_repository.full_name.casefold() == self._name.casefold()
        )

    def _read(self, doing: str, call: Callable[[], Answer]) -> Answer:
        try:
            return self._connection.read(lambda: as_described(call))
        except GithubRefused as error:
            raise CannotUseRuns(doing, _ACTIONS, error) from error


def _evaluation(run: WorkflowRun) -> EvaluationRun | None:
    named = subject_in(run.display_title)
    if named is None:
        return None
    ended = (run.conclusion or "unknown") if run.status == "completed" else None
    return EvaluationRun(run.id, *named, run.created_at, run.updated_at, ended)
