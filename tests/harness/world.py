"""A GitHub with one repository whose workflows really run, a Hub, and what people do there."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from tests.harness import act
from tests.harness.artifacts import Artifacts
from tests.harness.control import Control
from tests.harness.hooks import Action, Hook
from tests.harness.machines import Environment
from tests.harness.people import People
from tests.harness.runs import JobRun, Run
from tests.harness.scheduler import Scheduler
from tests.harness.shim import write_shim
from tests.harness.sources import Sources
from tests.harness.state import Narrate, Settings, State
from tests.standins.github.app import LocalGithub
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

ROOT = Path(__file__).parents[2]
GPU = frozenset({"self-hosted", "linux", "x64", "gpu"})
_AGO = timedelta(hours=12)  # the story begins so long before now, as people take their time in it
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOT_ON_BOARDS = ("tests/", "examples/")  # every job of every run would fetch them
_ENVIRONMENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "MTEB_BOT_FIRST_WAIT": "0.01",
    "NO_COLOR": "1",  # act gives steps a terminal, GitHub does not
    "PIP_NO_INDEX": "1",
}


@dataclass(frozen=True)
class Seed:
    """A world that another one goes on from. `passed` is how far its clock was from the real one."""

    github: LocalGithub
    hub: LocalHub
    passed: timedelta


class World(People):
    """`with World(folder) as world:` serves everything; leaving it ends what still runs and checks all requests.

    `files` are those of the repository, by default this project's without its tests, uncommitted changes
    included; `more` come on top. `workflows` names the files to run, by default all but the project's own checks. `on_event(kind,
    text)` hears of person, run, job, step, log and run-ended as they happen. `environment` is what steps find
    beside what GitHub gives. With a `seed` repository and Hub are as they were there; its runs have ended.
    """

    def __init__(  # noqa: PLR0913 -- what a world may have, each with a default
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
        seed: Seed | None = None,
    ) -> None:
        self.folder, self.settings = folder, settings or Settings(runners=[GPU])
        self.passed = seed.passed if seed else -_AGO
        self.github = _github(folder / "github", seed)
        self.github.clock = lambda: datetime.now(UTC) + self.passed
        self.hub = seed.hub.copy(folder / "hub") if seed else LocalHub(folder / "hub")
        self.github_server, self.hub_server = Server(self.github), Server(self.hub)
        still = self.github_server.still
        self.state = State(self.github, repository, still, self.settings, on_event)
        if not seed:
            own = project_files() if files is None else files
            self.github.create_repository(repository, {**own, **(more or {})})
            for login in maintainers:
                self.github.set_permission(repository, login, "write")
        self._wanted, self._environment = workflows, environment or {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        artifacts = Artifacts(self.state)
        control = Control(self.state.inbox.put, artifacts.serve)
        for served in (self.github_server, self.hub_server, control):
            self._stack.enter_context(served)
        shim = write_shim(self.folder / "bin", control.port)
        found = {"HF_ENDPOINT": self.hub_server.url, **_ENVIRONMENT, **self._environment}
        actions = act.write_actions(self.folder / "actions", control.port)
        machine = act.Machine(self.github_server.url, actions, f"{shim}:{_PATH}", found)
        self.sources = Sources(
            self.state, self.github_server.url, self._is_wanted, self.folder / "runs"
        )
        self.scheduler = Scheduler(self.state, machine, self._adopt, self.sources.of_end)
        self.sources.add = self.scheduler.add
        self._stack.callback(self.scheduler.close)
        return self

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        self._stack.close()
        if error is None:
            self.github.check()
            self.hub.check()
            return
        for violation in (*self.github.violations, *self.hub.violations):
            error.add_note(violation)

    @property
    def runs(self) -> list[Run]:
        """All runs, in the order in which they began to exist."""
        return self.state.runs

    def runs_of(self, file: str) -> list[Run]:
        """The runs of one workflow file."""
        return [run for run in self.runs if run.file == file]

    def run_of(self, file: str) -> Run:
        """The last run of one workflow file."""
        return self.runs_of(file)[-1]

    def settle(self, seconds: float = 600) -> None:
        """Run all that is queued, and what follows from it, until nothing goes on. Also within a hook."""
        self.scheduler.settle(seconds)

    def at(
        self, file: str, job: str, step: str | int | None, action: Action, matrix: tuple[object, ...] = ()
    ) -> None:  # fmt: skip
        """Call `action(run, job)` once before a step begins; the step waits until it returns."""
        self.state.hooks.add(Hook(file, job, step, action, matrix))

    def instead(
        self, file: str, job: str, step: str | int | None, action: Action, matrix: tuple[object, ...] = ()
    ) -> None:  # fmt: skip
        """Call `action(run, job)` in place of a step, once; `job.workspace` is where it would have run."""
        self.state.hooks.add(Hook(file, job, step, action, matrix, instead=True))

    def lose_runner(
        self, file: str, job: str, step: str | int | None, after: float | None = None, matrix: tuple[object, ...] = ()
    ) -> None:  # fmt: skip
        """Take the machine away before a step begins, or so many seconds after."""

        def lose(_run: Run, one: JobRun) -> None:
            if after is None:
                self.kill(one)
            else:
                one.doom = time.monotonic() + after

        self.at(file, job, step, lose, matrix)

    def kill(self, job: JobRun) -> None:
        """The machine of a job is gone in the middle of whatever it does. From any thread."""
        self.scheduler.admission.doom(job, "runner gone")

    def cancel_after(self, run: Run, seconds: float) -> None:
        """Cancel a run in so many seconds, in the middle of whatever it does then."""
        run.cancel_at = time.monotonic() + seconds

    def _is_wanted(self, file: str) -> bool:
        return file != "ci.yml" if self._wanted is None else file in self._wanted

    def _adopt(self) -> None:
        """Runs that were dispatched over the API, and cancellations that were asked for there."""
        known = {run.id: run for run in self.runs}
        with self.state.still():
            records = list(self.state.board.runs)
        for record in records:
            if record.id not in known and record.status == "queued":
                self.sources.of_dispatch(record)
            elif record.id in known and record.cancel_requested:
                self.scheduler.cancel(known[record.id])


def _github(folder: Path, seed: Seed | None) -> LocalGithub:
    return seed.github.copy(folder) if seed else LocalGithub(folder)


def project_files() -> dict[str, bytes]:
    """This project as it lies here, without what git ignores, and without what no board needs."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    paths = sorted(path for path in set(listed.split("\0")) if path)
    found = {path: ROOT / path for path in paths if not path.startswith(_NOT_ON_BOARDS)}
    return {path: file.read_bytes() for path, file in found.items() if file.is_file()}


__all__ = ["GPU", "Environment", "Seed", "Settings", "World"]
