"""What all parts of the harness share: the services, the settings, the runs."""

import queue
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from tests.harness.hooks import Hooks
from tests.harness.machines import Environment
from tests.harness.runs import JobRun, Run
from tests.standins.github.app import LocalGithub
from tests.standins.github.tokens import Token
from tests.standins.github.world import Repository

Narrate = Callable[[str, str], None]


@dataclass
class Settings:
    """What the owners of a repository and of its machines decided, and how fast clocks run.

    `limits` are seconds for (file, job) in place of `timeout-minutes`; `parallel` is how many runs go on at a
    time; `keep` leaves the folders of runs where they are. `admitted` are the workflow files, of the default branch,
    that the group of `runners` is for (None: any workflow of any ref).
    """

    secrets: dict[str, str] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    runners: list[frozenset[str]] = field(default_factory=list)
    admitted: frozenset[str] | None = None
    seconds_per_minute: float = 60.0
    limits: dict[tuple[str, str], float] = field(default_factory=dict)
    parallel: int = 1
    keep: bool = False


@dataclass
class State:
    """Everything there is. `still` holds GitHub's requests off while something is changed."""

    github: LocalGithub
    repository: str
    still: Callable[[], AbstractContextManager[None]]
    settings: Settings
    narrate: Narrate
    hooks: Hooks = field(default_factory=Hooks)
    runs: list[Run] = field(default_factory=list)
    inbox: "queue.Queue[Any]" = field(default_factory=queue.Queue)

    @property
    def board(self) -> Repository:
        """The repository."""
        return self.github.world.repository(self.repository)

    @property
    def tip(self) -> str:
        """The commit of the default branch."""
        return self.board.git.resolve("refs/heads/main")

    @property
    def unfinished(self) -> list[Run]:
        """Runs that have not ended, the oldest first."""
        return [run for run in self.runs if run.status != "completed"]

    @property
    def jobs(self) -> list[JobRun]:
        """Every job of every run."""
        return [job for run in self.runs for job in run.jobs.values()]

    def token_of(self, run: Run) -> Token:
        """A run's GITHUB_TOKEN, as GitHub knows it."""
        return self.github.world.tokens[run.token]
