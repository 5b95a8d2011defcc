"""A GitHub with one repository whose workflows really run, a Hub, and what people do there."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from werkzeug import Request
from werkzeug.test import EnvironBuilder

from tests.harness import act, payloads
from tests.harness.contexts import of_event
from tests.harness.control import Control
from tests.harness.events import Event, Source, inputs_of, starts
from tests.harness.expressions import interpolate
from tests.harness.hooks import Action, Hook
from tests.harness.machines import Environment
from tests.harness.runs import JobRun, Run
from tests.harness.scheduler import Narrate, Scheduler, Settings, new_folder
from tests.harness.shim import write_shim
from tests.harness.workflow_file import Workflow, check_uses, load, read_workflow
from tests.standins.github.app import LocalGithub
from tests.standins.github.clients import ask
from tests.standins.github.diffs import between
from tests.standins.github.routing import Call
from tests.standins.github.tokens import Token
from tests.standins.github.world import Comment, Pull, WorkflowRun
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

ROOT = Path(__file__).parents[2]
GPU = frozenset({"self-hosted", "linux", "x64", "gpu"})
_FOLDER = ".github/workflows"
_AGO = timedelta(hours=12)  # the story begins so long before now, as people take their time in it
_PAUSE = timedelta(minutes=1)
_CHAIN = 3  # workflow_run after workflow_run
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Refused(Exception):
    """GitHub does not let a person do that."""


class World:
    """`with World(folder) as world:` serves everything; leaving it ends what still runs.

    Files are those of this project, uncommitted changes included, unless `files` are given; `more` come on
    top. `workflows` names the files to run, None: all but those of the project's own tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        repository: str = "lab/board",
        files: Mapping[str, bytes] | None = None,
        more: Mapping[str, bytes] | None = None,
        workflows: Sequence[str] | None = None,
        maintainers: Sequence[str] = ("maintainer",),
        on_event: Narrate = lambda _kind, _text: None,
        settings: Settings | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.repository, self.narrate = folder, repository, on_event
        self.settings = settings or Settings(runners=[GPU])
        self.wanted = workflows
        self._files = {**(project_files() if files is None else files), **(more or {})}
        self._maintainers = maintainers
        self._environment = environment or {}
        self._passed = -_AGO
        self._stack = ExitStack()
        self._tokens: dict[str, str] = {}
        self._known: dict[tuple[str, str], Workflow] = {}

    def __enter__(self) -> Self:
        self.github = LocalGithub(self.folder / "github", self._clock)
        self.hub = LocalHub(self.folder / "hub")
        self.github_server = self._stack.enter_context(Server(self.github))
        self.hub_server = self._stack.enter_context(Server(self.hub))
        self.scheduler = Scheduler(
            self.github, self.repository, self.github_server.still, self.settings, self.narrate
        )
        control = self._stack.enter_context(
            Control(self.scheduler.inbox.put, self.scheduler.artifact)
        )
        shim = write_shim(self.folder / "bin", control.port)
        self.scheduler.machine = act.Machine(
            github_url=self.github_server.url,
            port=control.port,
            actions=act.write_actions(self.folder / "actions", control.port),
            path=f"{shim}:{_SYSTEM_PATH}",
            environment={
                "HF_ENDPOINT": self.hub_server.url,
                "HF_HUB_DISABLE_TELEMETRY": "1",
                "HF_HUB_DISABLE_XET": "1",
                "MTEB_BOT_FIRST_WAIT": "0.01",
                "NO_COLOR": "1",  # act gives steps a terminal, GitHub does not
                "PIP_NO_INDEX": "1",
                **self._environment,
            },
        )
        self.scheduler.ended = self._run_ended
        self.scheduler.adopt = self._adopt
        self._stack.callback(self.scheduler.close)
        self.github.create_repository(self.repository, self._files)
        for login in self._maintainers:
            self.github.set_permission(self.repository, login, "write")
        return self

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        self._stack.close()
        if error is None:
            self.github.check()
            self.hub.check()
            return
        for violation in (*self.github.violations, *self.hub.violations):
            error.add_note(violation)

    # Runs.

    @property
    def runs(self) -> list[Run]:
        """All runs, in the order in which they began to exist."""
        return self.scheduler.runs

    def runs_of(self, file: str) -> list[Run]:
        """The runs of one workflow file."""
        return [run for run in self.runs if run.file == file]

    def run_of(self, file: str) -> Run:
        """The last run of one workflow file."""
        return self.runs_of(file)[-1]

    def settle(self, seconds: float = 600) -> None:
        """Run all that is queued, and what follows from it, until nothing goes on."""
        self.scheduler.settle(seconds)

    def at(
        self, file: str, job: str, step: str | int | None, action: Action, matrix: tuple[object, ...] = ()
    ) -> None:  # fmt: skip
        """Call `action(run, job)` once before a step begins; the step waits until it returns."""
        self.scheduler.hooks.add(Hook(file, job, step, action, matrix))

    def lose_runner(
        self, file: str, job: str, step: str | int | None, after: float | None = None, matrix: tuple[object, ...] = ()
    ) -> None:  # fmt: skip
        """Take the machine away before a step begins, or so many seconds after."""

        def lose(_run: Run, one: JobRun) -> None:
            if after is None:
                self.scheduler.lose_runner(one)
            else:
                self.scheduler.doom_after(one, after)

        self.at(file, job, step, lose, matrix)

    # People.

    def wait(self, time: timedelta) -> None:
        """Let GitHub's clock go on."""
        self._passed += time

    def token_of(self, login: str) -> str:
        """A person's own token, which may all that they may."""
        if login not in self._tokens:
            with self.github_server.still():
                self._tokens[login] = self.github.add_token(login)
        return self._tokens[login]

    def open_pull(
        self, author: str, files: Mapping[str, str | bytes | None], title: str,
        *, branch: str = "submission", body: str | None = None,
    ) -> Pull:  # fmt: skip
        """Somebody proposes files: from their fork, or from the repository where they may write there."""
        self._begin(author, f"opens a pull request: {title}")
        with self.github_server.still():
            one = self.github.world.repository(self.repository)
            inside = one.role(author) in {"write", "maintain", "admin"}
            source = one if inside else self.github.fork(self.repository, author)
            source.git.git("update-ref", f"refs/heads/{branch}", self._tip())
            self.github.push(source.full_name, branch, _bytes(files), title)
            pull = self.github.open_pull(
                self.repository, f"{source.owner}:{branch}", title, author, body
            )
        self._pull_event(pull, "opened", author)
        return pull

    def push(self, pull: Pull, files: Mapping[str, str | bytes | None], login: str | None = None) -> str:  # fmt: skip
        """Somebody pushes to the branch of a pull request. Returns the SHA."""
        login = login or pull.author
        self._begin(login, f"pushes to #{pull.number}")
        assert pull.head_repository
        with self.github_server.still():
            before = pull.head_sha
            sha = self.github.push(pull.head_repository, pull.head_ref, _bytes(files))
        self._pull_event(pull, "synchronize", login, before=before, after=sha)
        return sha

    def push_main(self, files: Mapping[str, str | bytes | None], login: str = "maintainer") -> str:
        """Somebody pushes to the default branch. Returns the SHA."""
        self._begin(login, "pushes to main")
        with self.github_server.still():
            before = self._tip()
            sha = self.github.push(self.repository, "main", _bytes(files))
        self._pushed(before, sha, login)
        return sha

    def comment(self, pull: Pull, login: str, body: str) -> Comment:
        """Somebody comments."""
        self._begin(login, f"comments on #{pull.number}: {body}")
        with self.github_server.still():
            one = self.github.comment(self.repository, pull.number, login, body)
        self._comment_event(pull, one, "created", login)
        return one

    def edit_comment(self, pull: Pull, comment: Comment, login: str, body: str) -> None:
        """Somebody edits a comment, their own or, with permission, another's."""
        self._begin(login, f"edits a comment on #{pull.number}: {body}")
        with self.github_server.still():
            before, comment.body, comment.updated_at = comment.body, body, self.github.now()
        self._comment_event(pull, comment, "edited", login, before=before)

    def review(self, pull: Pull, login: str, body: str, state: str = "COMMENTED") -> None:
        """Somebody reviews."""
        self._begin(login, f"reviews #{pull.number}: {body}")
        with self.github_server.still():
            one = self.github.review(self.repository, pull.number, login, state, body)
            payload = payloads.of_review(self._call(login), pull, one, login)
        self._merge_event("pull_request_review", pull, "submitted", login, payload)

    def label(self, pull: Pull, login: str, name: str) -> None:
        """Somebody adds a label, which the repository has from then on."""
        self._begin(login, f"labels #{pull.number}: {name}")
        self._ask(login, "POST", f"issues/{pull.number}/labels", {"labels": [name]})
        with self.github_server.still():
            payload = payloads.of_label(self._call(login), "labeled", pull, name, login)
        self._pull_event(pull, "labeled", login, payload)

    def unlabel(self, pull: Pull, login: str, name: str) -> None:
        """Somebody takes a label away."""
        self._begin(login, f"takes the label {name} from #{pull.number}")
        with self.github_server.still():
            payload = payloads.of_label(self._call(login), "unlabeled", pull, name, login)
        self._ask(login, "DELETE", f"issues/{pull.number}/labels/{name}")
        self._pull_event(pull, "unlabeled", login, payload)

    def close(self, pull: Pull, login: str | None = None) -> None:
        """Somebody closes a pull request without merging it."""
        login = login or pull.author
        self._begin(login, f"closes #{pull.number}")
        self._ask(login, "PATCH", f"pulls/{pull.number}", {"state": "closed"})
        self._pull_event(pull, "closed", login)

    def reopen(self, pull: Pull, login: str | None = None) -> None:
        """Somebody opens it again."""
        login = login or pull.author
        self._begin(login, f"reopens #{pull.number}")
        self._ask(login, "PATCH", f"pulls/{pull.number}", {"state": "open"})
        self._pull_event(pull, "reopened", login)

    def merge(self, pull: Pull, login: str = "maintainer", method: str = "merge") -> None:
        """Somebody merges it: a pull request that closes, and a push."""
        self._begin(login, f"merges #{pull.number}")
        before = self._tip()
        self._ask(login, "PUT", f"pulls/{pull.number}/merge", {"merge_method": method})
        self._pull_event(pull, "closed", login)
        self._pushed(before, self._tip(), login)

    def dispatch(self, login: str, file: str, inputs: Mapping[str, str] | None = None, ref: str = "main") -> None:  # fmt: skip
        """Somebody starts a workflow by hand."""
        self._begin(login, f"starts {file} by hand")
        body = {"ref": ref, "inputs": dict(inputs or {})}
        self._ask(login, "POST", f"actions/workflows/{file}/dispatches", body)

    def cancel(self, run: Run, login: str = "maintainer") -> None:
        """Somebody presses cancel."""
        self._begin(login, f"cancels {run.file}")
        self._ask(login, "POST", f"actions/runs/{run.id}/cancel")

    def tick(self, file: str) -> None:
        """The schedule of a workflow comes round."""
        self._begin("github", f"the clock starts {file}")
        source = Source("refs/heads/main", self._tip())
        workflow = self._workflow(source.sha, f"{_FOLDER}/{file}")
        cron = workflow.on["schedule"][0]["cron"]
        login = self._maintainers[0]
        payload = payloads.of_schedule(self._call(login), cron, login)
        self._start(workflow, self._main_event("schedule", payload, login))

    # Events.

    def _pull_event(self, pull: Pull, action: str, login: str, payload: Any = None, **more: Any) -> None:  # fmt: skip
        with self.github_server.still():
            payload = payload or payloads.of_pull(self._call(login), action, pull, login, **more)
        self._merge_event("pull_request", pull, action, login, payload)
        self._fire(self._main_event("pull_request_target", payload, login, pull, action))

    def _merge_event(self, name: str, pull: Pull, action: str, login: str, payload: Any) -> None:
        """An event whose workflows, code and ref are the pull request's own, merged into the base."""
        merged = self.github.world.repository(self.repository).git.refs(f"refs/pull/{pull.number}/merge")  # fmt: skip
        if not merged:
            return  # it conflicts
        ((ref, sha),) = merged.items()
        assert pull.head_repository
        self._fire(
            Event(
                name, payload, login, Source(ref, sha), pull.head_ref, pull.head_sha, pull.head_repository,
                action=action, branch=pull.base_ref, changed=self._changed(pull), title=pull.title,
                trusted=pull.head_repository == self.repository,
            )
        )  # fmt: skip

    def _main_event(
        self, name: str, payload: Any, login: str, pull: Pull | None = None, action: str = "", **more: Any
    ) -> Event:  # fmt: skip
        """An event that runs the default branch's workflow and code, with all that this repository grants."""
        tip = self._tip()
        of_pull = pull if name == "pull_request_target" else None
        return Event(
            name, payload, login, Source("refs/heads/main", tip),
            of_pull.head_ref if of_pull else "main",
            of_pull.head_sha if of_pull else tip,
            (of_pull and of_pull.head_repository) or self.repository,
            action=action,
            branch=of_pull.base_ref if of_pull else "main",
            changed=self._changed(of_pull) if of_pull else (),
            title=pull.title if pull else "",
            **more,
        )  # fmt: skip

    def _comment_event(self, pull: Pull, one: Comment, action: str, login: str, before: str | None = None) -> None:  # fmt: skip
        with self.github_server.still():
            payload = payloads.of_comment(self._call(login), action, pull, one, login, before)
        self._fire(self._main_event("issue_comment", payload, login, pull, action))

    def _pushed(self, before: str, after: str, login: str) -> None:
        with self.github_server.still():
            payload = payloads.of_push(self._call(login), "main", before, after, login)
            git = self.github.world.repository(self.repository).git
            changed = tuple(x.path for x in between(git, before, after).files)
            title = git.git("log", "-1", "--format=%s", after).decode().strip()
        event = Event(
            "push", payload, login, Source("refs/heads/main", after), "main", after, self.repository,
            branch="main", changed=changed, title=title,
        )  # fmt: skip
        self._fire(event)

    def _run_ended(self, run: Run) -> None:
        """What a run's end starts."""
        if run.event.depth >= _CHAIN:
            return
        with self.github_server.still():
            payload = payloads.of_run(self._call(run.record.actor), run.record)
        event = self._main_event(
            "workflow_run", payload, run.record.actor, action="completed", depth=run.event.depth + 1
        )
        # `branches` filters the branch of the run that ended.
        self._fire(Event(**{**event.__dict__, "branch": run.record.head_branch}))

    def _fire(self, event: Event) -> None:
        for workflow in self._workflows(event.source.sha):
            if starts(workflow, event):
                self._start(workflow, event)

    def _start(self, workflow: Workflow, event: Event, record: WorkflowRun | None = None) -> None:
        with self.github_server.still():
            repository = self.github.world.repository(self.repository)
            now = self.github.now()
            if record is None:
                record = WorkflowRun(
                    self.github.world.next_id(), len(repository.runs) + 1, workflow.path,
                    event.name, event.head_branch, event.head_sha, event.actor, now, now,
                    head_repository=event.head_repository,
                )  # fmt: skip
                repository.runs.append(record)
            contexts = of_event(self.repository, event, event.inputs)
            title = workflow.run_name and interpolate(workflow.run_name, contexts)
            record.title = title or event.title or workflow.name
            record.name, record.managed = workflow.name, True
        self._check_local_actions(event.source.sha)
        folder = new_folder(self.folder / "runs", record.id)
        self.scheduler.add(Run(workflow, event, record, folder))

    def _adopt(self) -> None:
        """Runs that were dispatched over the API, and cancellations that were asked for there."""
        known = {run.id: run for run in self.runs}
        with self.github_server.still():
            records = list(self.github.world.repository(self.repository).runs)
        for record in records:
            if record.id in known:
                if record.cancel_requested:
                    self.scheduler.cancel(known[record.id])
            elif record.status == "queued":
                self._dispatched(record)

    def _dispatched(self, record: WorkflowRun) -> None:
        if not self._runs_here(record.path):
            return
        workflow = self._workflow(record.head_sha, record.path)
        payload = payloads.of_dispatch(
            self._call(record.actor), record.path, f"refs/heads/{record.head_branch}", record.inputs, record.actor
        )  # fmt: skip
        event = Event(
            "workflow_dispatch", payload, record.actor,
            Source(f"refs/heads/{record.head_branch}", record.head_sha),
            record.head_branch, record.head_sha, self.repository,
            inputs=inputs_of(workflow, record.inputs),
        )  # fmt: skip
        self._start(workflow, event, record)

    # Files.

    def _workflows(self, sha: str) -> list[Workflow]:
        git = self.github.world.repository(self.repository).git
        paths = [entry.path for entry in git.tree(sha) if entry.path.startswith(f"{_FOLDER}/")]
        return [
            self._workflow(sha, path)
            for path in paths
            if path.endswith((".yml", ".yaml")) and self._runs_here(path)
        ]

    def _runs_here(self, path: str) -> bool:
        file = path.rpartition("/")[2]
        return file != "ci.yml" if self.wanted is None else file in self.wanted

    def _workflow(self, sha: str, path: str) -> Workflow:
        git = self.github.world.repository(self.repository).git
        text = git.read(sha, path).decode()
        if (path, text) not in self._known:
            self._known[path, text] = read_workflow(path, text)
        return self._known[path, text]

    def _check_local_actions(self, sha: str) -> None:
        git = self.github.world.repository(self.repository).git
        for entry in git.tree(sha):
            if entry.path.startswith(".github/actions/") and entry.path.endswith("/action.yml"):
                steps = load(git.read(sha, entry.path).decode())["runs"]["steps"]
                for step in steps:
                    check_uses(entry.path, step.get("uses", ""), step.get("with", {}))

    def _changed(self, pull: Pull) -> tuple[str, ...]:
        git = self.github.world.repository(self.repository).git
        return tuple(x.path for x in between(git, pull.base_tip, pull.head_sha).files)

    def _tip(self) -> str:
        return self.github.world.repository(self.repository).git.resolve("refs/heads/main")

    # GitHub.

    def _clock(self) -> datetime:
        return datetime.now(UTC) + self._passed

    def _begin(self, login: str, what: str) -> None:
        """A person takes a minute for everything."""
        self._passed += _PAUSE
        with self.github_server.still():
            self.github.add_user(login)
        self.narrate("person", f"{login} {what}")

    def _call(self, login: str) -> Call:
        """As if a person asked, so that payloads have the shapes of the API."""
        request = Request(EnvironBuilder().get_environ())
        caller = Token("", login, None, None)
        call = Call(self.github.world, caller, request, self.github_server.url, self.github.now())
        call.found = self.github.world.repository(self.repository)
        return call

    def _ask(self, login: str, method: str, path: str, body: object = None) -> None:
        url = f"{self.github_server.url}/repos/{self.repository}/{path}"
        answer = ask(url, self.token_of(login), method, body)
        if answer.status_code >= 400:
            raise Refused(f"{login}: {method} {path}: {answer.status_code} {answer.text}")


def project_files() -> dict[str, bytes]:
    """This project as it lies here, without what git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    found = {path: ROOT / path for path in sorted(set(listed.split("\0"))) if path}
    return {path: file.read_bytes() for path, file in found.items() if file.is_file()}


def _bytes(files: Mapping[str, str | bytes | None]) -> dict[str, bytes | None]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


__all__ = ["GPU", "Environment", "Settings", "World"]
