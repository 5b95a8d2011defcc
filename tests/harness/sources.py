"""From what happened to the runs that it starts: which commit's workflow files, which of them, what they are called."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from werkzeug import Request
from werkzeug.test import EnvironBuilder

from tests.harness import payloads
from tests.harness.contexts import of_event
from tests.harness.events import Event, Source, inputs_of, starts
from tests.harness.expressions import interpolate
from tests.harness.runs import Run
from tests.harness.scheduler import ROBOT
from tests.harness.state import State
from tests.harness.workflow_file import Workflow, check_uses, load, read_workflow
from tests.standins.github.diffs import between
from tests.standins.github.routing import Call
from tests.standins.github.tokens import Token
from tests.standins.github.world import Pull, WorkflowRun

_FOLDER = ".github/workflows"
_MAIN = "refs/heads/main"
_CHAIN = 3  # workflow_run after workflow_run


class Sources:
    """Makes events of what happened and adds the runs that they start. `wanted`: the files to run, None: all but ci.yml."""

    def __init__(self, state: State, url: str, wanted: Callable[[str], bool], folder: Path) -> None:
        self.state, self.url, self.wanted, self.folder = state, url, wanted, folder
        self.add: Callable[[Run], None] = lambda _run: None
        self._known: dict[tuple[str, str], Workflow] = {}

    def call(self, login: str) -> Call:
        """As if a person asked over the API, so that payloads have its shapes."""
        request = Request(EnvironBuilder().get_environ())
        caller = Token("", login, None, None)
        call = Call(self.state.github.world, caller, request, self.url, self.state.github.now())
        call.found = self.state.board
        return call

    def of_pull(self, pull: Pull, action: str, login: str, payload: Any = None, **more: Any) -> None:  # fmt: skip
        """What a pull request's own workflows and those of the default branch may listen to."""
        with self.state.still():
            payload = payload or payloads.of_pull(self.call(login), action, pull, login, **more)
        self.of_merge("pull_request", pull, action, login, payload)
        tip = self.state.tip
        self.fire(
            Event(
                "pull_request_target", payload, login, Source(_MAIN, tip), pull.head_ref, pull.head_sha,
                pull.head_repository or self.state.repository, action=action, branch=pull.base_ref,
                changed=self._changed(pull), title=pull.title,
            )
        )  # fmt: skip

    def of_merge(self, name: str, pull: Pull, action: str, login: str, payload: Any) -> None:
        """An event whose workflows, code and ref are the pull request's own, merged into the base."""
        merged = self.state.board.git.refs(f"refs/pull/{pull.number}/merge")
        if not merged or not pull.head_repository:
            return  # it conflicts
        ((ref, sha),) = merged.items()
        self.fire(
            Event(
                name, payload, login, Source(ref, sha), pull.head_ref, pull.head_sha, pull.head_repository,
                action=action, branch=pull.base_ref, changed=self._changed(pull), title=pull.title,
                trusted=pull.head_repository == self.state.repository,
            )
        )  # fmt: skip

    def of_main(self, name: str, payload: Any, login: str, action: str = "", title: str = "") -> None:  # fmt: skip
        """An event that runs the default branch's workflow and code."""
        self.fire(self._main_event(name, payload, login, action=action, title=title))

    def of_push(self, before: str, login: str) -> None:
        """The default branch has moved on from `before`."""
        with self.state.still():
            after, git = self.state.tip, self.state.board.git
            payload = payloads.of_push(self.call(login), "main", before, after, login)
            changed = tuple(x.path for x in between(git, before, after).files)
            title = git.git("log", "-1", "--format=%s", after).decode().strip()
        self.fire(self._main_event("push", payload, login, changed=changed, title=title))

    def of_schedule(self, file: str, login: str) -> None:
        """The time has come that a workflow's schedule names."""
        workflow = self._workflow(self.state.tip, f"{_FOLDER}/{file}")
        payload = payloads.of_schedule(self.call(login), workflow.on["schedule"][0]["cron"], login)
        self._start(workflow, self._main_event("schedule", payload, login))

    def of_end(self, run: Run) -> None:
        """A run has ended; `branches` of workflow_run filters the branch of that run.

        GitHub starts nothing after a run that was dispatched with a job's own token.
        """
        if run.event.depth >= _CHAIN or run.record.actor == ROBOT:
            return
        with self.state.still():
            payload = payloads.of_run(self.call(run.record.actor), run.record)
        more = {"branch": run.record.head_branch, "depth": run.event.depth + 1}
        self.fire(self._main_event("workflow_run", payload, run.record.actor, "completed", **more))

    def of_dispatch(self, record: WorkflowRun) -> None:
        """A run that the API was asked for."""
        if not self.wanted(record.path.rpartition("/")[2]):
            return
        workflow, ref = self._workflow(record.head_sha, record.path), f"refs/heads/{record.head_branch}"  # fmt: skip
        payload = payloads.of_dispatch(self.call(record.actor), record.path, ref, record.inputs, record.actor)  # fmt: skip
        event = Event(
            "workflow_dispatch", payload, record.actor, Source(ref, record.head_sha),
            record.head_branch, record.head_sha, self.state.repository,
            inputs=inputs_of(workflow, record.inputs),
        )  # fmt: skip
        self._start(workflow, event, record)

    def fire(self, event: Event) -> None:
        """Start every workflow that listens, as the event's commit has it."""
        entries = self.state.board.git.tree(f"{event.source.sha}:{_FOLDER}")
        for path in (f"{_FOLDER}/{entry.path}" for entry in entries):
            if path.endswith((".yml", ".yaml")) and self.wanted(path.rpartition("/")[2]):
                workflow = self._workflow(event.source.sha, path)
                if starts(workflow, event):
                    self._start(workflow, event)

    def _main_event(self, name: str, payload: Any, login: str, action: str = "", **more: Any) -> Event:  # fmt: skip
        tip = self.state.tip
        more = {"branch": "main", **more}
        source = Source(_MAIN, tip)
        return Event(name, payload, login, source, "main", tip, self.state.repository, action, **more)  # fmt: skip

    def _start(self, workflow: Workflow, event: Event, record: WorkflowRun | None = None) -> None:
        self._check_local_actions(event.source.sha)
        with self.state.still():
            record = record or self._record(workflow, event)
            contexts = of_event(self.state.repository, event, event.inputs)
            title = workflow.run_name and interpolate(workflow.run_name, contexts)
            record.title = title or event.title or workflow.name
            record.name, record.managed = workflow.name, True
        self.add(Run(workflow, event, record, self.folder / f"run-{record.id}"))

    def _record(self, workflow: Workflow, event: Event) -> WorkflowRun:
        runs, now = self.state.board.runs, self.state.github.now()
        number = sum(run.path == workflow.path for run in runs) + 1
        record = WorkflowRun(
            self.state.github.world.next_id(), number, workflow.path, event.name, event.head_branch,
            event.head_sha, event.actor, now, now, head_repository=event.head_repository,
        )  # fmt: skip
        runs.append(record)
        return record

    def _workflow(self, sha: str, path: str) -> Workflow:
        text = self.state.board.git.read(sha, path).decode()
        if (path, text) not in self._known:
            self._known[path, text] = read_workflow(path, text)
        return self._known[path, text]

    def _check_local_actions(self, sha: str) -> None:
        git = self.state.board.git
        for entry in git.tree(f"{sha}:.github"):
            if entry.path.startswith("actions/") and entry.path.endswith("/action.yml"):
                text = git.read(sha, f".github/{entry.path}").decode()
                for step in load(text)["runs"]["steps"]:
                    check_uses(entry.path, step.get("uses", ""), step.get("with", {}))

    def _changed(self, pull: Pull) -> tuple[str, ...]:
        return tuple(x.path for x in between(self.state.board.git, pull.base_tip, pull.head_sha).files)  # fmt: skip
