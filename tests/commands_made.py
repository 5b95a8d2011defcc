"""A board with the real workflow files, people of all kinds, a clock, and `respond`, `authorize`, `stop` as a workflow runs them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from conversation_made import BOARD, BOT, CONFIG, REVISION, config

from bot.cli import main
from bot.commanding.answer import answer_in
from bot.conversation.marker import Marker, marker_of
from tests.standins.github.app import LocalGithub
from tests.standins.github.world import Comment, WorkflowRun
from tests.standins.server import Server

ROOT = Path(__file__).parent.parent
EVALUATE = ".github/workflows/evaluate.yml"
PERMISSIONS = {
    "actions": "write", "pull_requests": "write", "checks": "write", "issues": "write", "contents": "read",
}  # fmt: skip
READS = {"pull_requests": "read", "contents": "read"}
_START = datetime(2026, 1, 1, 12, tzinfo=UTC)
_ROLES = {"maya": "admin", "walt": "write", "max": "maintain", "tria": "triage"}  # ann submits


class Clock:
    """Time that passes when told so."""

    def __init__(self, now: datetime = _START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def __deepcopy__(self, _: object) -> "Clock":
        return self

    def tick(self, seconds: int = 60) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Town:
    """One pull request of Ann's fork with one config; `clock` is GitHub's."""

    server: Server
    github: LocalGithub
    folder: Path
    patch: pytest.MonkeyPatch
    clock: Clock

    def __post_init__(self) -> None:
        self.use_token(PERMISSIONS)
        settings = {
            "GITHUB_API_URL": self.server.url, "GITHUB_REPOSITORY": BOARD, "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"), "GITHUB_OUTPUT": str(self.folder / "outputs"),
            "MTEB_BOT_FIRST_WAIT": "0.01", "MTEB_BOT_TIMEOUT": "5",
        }  # fmt: skip
        for name, value in settings.items():
            self.patch.setenv(name, value)
        path = self.folder / "checkout" / CONFIG
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(config())

    def use_token(self, permissions: Mapping[str, str]) -> None:
        """Let the bot act with a token of these permissions."""
        self.patch.setenv("GITHUB_TOKEN", self.github.add_token(BOT, permissions, BOARD))

    def report(self, state: str, *more: object, sha: str = "", about: str = CONFIG) -> None:
        """Let the bot say something, a minute later than all before."""
        self.clock.tick()
        words = ["report", state, "--pull", 1, "--sha", sha or self.sha, "--config", about]
        root = ["--root", self.folder / "checkout"]
        assert main([str(word) for word in (*words, *root, *more)]) == 0
        self.clock.tick()

    def comment(self, body: str, by: str = "maya") -> Comment:
        """Somebody comments."""
        return self.github.comment(BOARD, 1, by, body)

    def event_of(self, comment: Comment, action: str = "created", **issue: Any) -> None:
        """Make that comment the event of the workflow."""
        issue = {"number": 1, "pull_request": {"url": "x"}, **issue}
        data = {"action": action, "issue": issue, "comment": {"id": comment.id, "body": "not read"}}
        self.event("issue_comment", data)

    def event(self, name: str, data: Any) -> None:
        """Make this the event of the workflow."""
        self.patch.setenv("GITHUB_EVENT_NAME", name)
        (self.folder / "event.json").write_text(json.dumps(data))

    def respond(self, *more: str) -> int:
        """Run the command for the event; its exit code."""
        self.server.clear()
        return self.respond_on(*more)

    def respond_on(self, *more: str) -> int:
        """The same, with the faults that are injected."""
        self.clock.tick(5)
        return main(["respond", "--settings", str(self.folder / "settings.yml"), *more])

    def ask(self, body: str, by: str = "maya") -> int:
        """Comment, and let the bot respond."""
        self.event_of(self.comment(body, by))
        return self.respond()

    def label(self, by: str = "maya") -> None:
        """Somebody sets the label that starts evaluations."""
        pull = self.github.pull(BOARD, 1)
        pull.labels.append("evaluate")
        pull.updated_at = self.github.now()
        self.github.add_user(by)
        head = {"sha": self.sha}
        data = {
            "action": "labeled", "number": 1, "label": {"name": "evaluate"}, "sender": {"login": by},
            "pull_request": {"head": head, "updated_at": pull.updated_at},
        }  # fmt: skip
        self.event("pull_request_target", data)

    def push(self) -> str:
        """Ann pushes; the new head."""
        return self.github.push(
            "ann/board", "add-model", {"models/README.md": f"{self.clock.now}".encode()}
        )

    def end(self, run: WorkflowRun, conclusion: str = "success") -> None:
        """The run ends."""
        run.status, run.conclusion, run.updated_at = "completed", conclusion, self.github.now()

    @property
    def sha(self) -> str:
        """The head of the pull request."""
        return self.github.pull(BOARD, 1).head_sha

    @property
    def runs(self) -> list[WorkflowRun]:
        """All workflow runs."""
        return self.github.world.repository(BOARD).runs

    @property
    def run(self) -> WorkflowRun:
        """The only one."""
        (only,) = self.runs
        return only

    @property
    def bodies(self) -> list[str]:
        """What the bot says."""
        return [one.body for one in self.github.pull(BOARD, 1).comments if one.author == BOT]

    @property
    def answers(self) -> list[str]:
        """Its answers to commands, without the hidden line."""
        return [body.split("\n", 1)[1] for body in self.bodies if answer_in(body)]

    @property
    def marker(self) -> Marker:
        """What its comment on the config is marked with."""
        (only,) = filter(None, map(marker_of, self.bodies))
        return only

    @property
    def labels(self) -> list[str]:
        """The labels of the pull request."""
        return self.github.pull(BOARD, 1).labels

    @property
    def outputs(self) -> str:
        """What was handed to later steps."""
        path = self.folder / "outputs"
        return path.read_text() if path.exists() else ""

    @property
    def writes(self) -> list[str]:
        """What the last command wrote, as methods and paths without the repository."""
        prefix = f"/repos/{BOARD}/"
        return [
            f"{one.method} {one.path.removeprefix(prefix)}" for one in self.server.log if one.writes
        ]

    def authorize(self, run: WorkflowRun, **changes: str) -> int:
        """Check a run when it starts, as evaluate.yml does; the exit code."""
        self.server.clear()
        wanted = {**run.inputs, "actor": run.actor, **changes}
        words = [f"--{name}={value}" for name, value in wanted.items()]
        return main(["authorize", *words])


@contextmanager
def open_town(folder: Path, patch: pytest.MonkeyPatch, stage: str = "new") -> Iterator[Town]:
    """A town, in which the bot has said that the config is `checked`, and maya has `asked` for an evaluation.

    At the end, all exchanges must have been as GitHub describes them.
    """
    seed = _STAGES[stage]()[1]
    clock = Clock(seed.clock.now)
    github = seed.copy(folder / "github")
    github.clock = clock
    with Server(github) as server:
        yield Town(server, github, folder, patch, clock)
    github.check()


@cache
def _checked_template() -> tuple[TemporaryDirectory[str], LocalGithub]:
    folder = TemporaryDirectory(prefix="town-")
    with pytest.MonkeyPatch.context() as patch, open_town(Path(folder.name), patch) as town:
        town.report("validated")
        return folder, town.github


@cache
def _asked_template() -> tuple[TemporaryDirectory[str], LocalGithub]:
    folder = TemporaryDirectory(prefix="town-")
    with (
        pytest.MonkeyPatch.context() as patch,
        open_town(Path(folder.name), patch, "checked") as town,
    ):
        town.ask("/evaluate")
        town.clock.tick()
        return folder, town.github


@cache
def _template() -> tuple[TemporaryDirectory[str], LocalGithub]:
    folder = TemporaryDirectory(prefix="town-")
    github = LocalGithub(Path(folder.name) / "github", Clock())
    names = ("validate", "evaluate", "report", "publish", "accept")
    workflows = {
        f".github/workflows/{name}.yml": (ROOT / f".github/workflows/{name}.yml").read_bytes()
        for name in names
    }
    files = {"README.md": b"# board\n", **workflows}
    github.create_repository(BOARD, files=files, labels={"evaluate": "c5def5"})
    for login, role in _ROLES.items():
        github.set_permission(BOARD, login, role)
    github.fork(BOARD, "ann")
    github.push("ann/board", "add-model", {CONFIG: config()})
    github.open_pull(BOARD, head="ann:add-model", title="Add org/name", author="ann")
    return folder, github


_STAGES = {"new": _template, "checked": _checked_template, "asked": _asked_template}


def inputs(
    sha: str, approval: str, request: str = "", digest: str = "e3b0c44298fc1c14"
) -> dict[str, str]:
    """What evaluate.yml is started with."""
    return {
        "pull": "1", "sha": sha, "config": CONFIG, "revision": REVISION, "request": request,
        "digest": digest, "approval": approval,
    }  # fmt: skip
