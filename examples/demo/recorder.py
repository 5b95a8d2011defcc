"""Looks at the local GitHub and Hub after each moment, tells what is new, and keeps the story."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Lock
from time import monotonic
from typing import Protocol

from examples.demo.changes import happened
from examples.demo.news import Act, Logged, News, Printed, Story
from examples.demo.sighting import JobsOf, Sighting, look
from tests.standins.github.app import LocalGithub
from tests.standins.hub.app import LocalHub


class Listener(Protocol):
    """Who hears the story while it happens."""

    def act(self, number: int, act: Act) -> None:
        """A new part begins."""
        ...

    def news(self, news: News) -> None:
        """Something happened."""
        ...


class Recorder:
    """The story of the newest pull request of `board`, and of `model` on the Hub.

    The listener hears of each act and each event as it happens; `bot` is who labels. Call `look` whenever something
    may have happened, from any thread: after each request that writes, nothing in between is missed. `jobs_of`
    knows the jobs of a run by its id.
    """

    def __init__(  # noqa: PLR0913 -- the two worlds, what to look at in them, and who listens
        self,
        github: LocalGithub,
        hub: LocalHub,
        *,
        board: str,
        model: str,
        bot: str = "github-actions[bot]",
        listener: Listener | None = None,
        jobs_of: JobsOf = lambda _: (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        main = github.world.repository(board).git.resolve("HEAD")
        self._see = partial(look, github, board, main, hub, model, jobs_of)
        self._board, self._bot = board, bot
        self._listener = listener
        self._clock, self._began = clock, clock()
        self._lock = Lock()
        self._seen = self._see()
        self._begun: dict[tuple[int, str], float] = {}
        self._acts: list[Act] = []

    def act(self, title: str, lead: str = "") -> None:
        """A new part of the story begins."""
        self.look()
        with self._lock:
            self._acts.append(Act(title, lead, self._now(), ()))
            if self._listener:
                self._listener.act(len(self._acts), self._acts[-1])

    def look(self) -> None:
        """Tell and keep what has happened since the last look."""
        with self._lock:
            seen, at = self._see(), self._now()
            self._time(seen, at)
            for news in happened(self._seen, seen, at, self._bot, self._begun):
                self._keep(news)
            self._seen = seen

    def printed(self, who: str, command: str, text: str) -> None:
        """A command was run, and wrote something that belongs to the story."""
        self.look()
        with self._lock:
            self._keep(Printed(self._now(), who, command, text))

    def logged(self, job: str, line: str) -> None:
        """A job wrote a line that belongs to the story."""
        with self._lock:
            self._keep(Logged(self._now(), "", job, line))

    def story(self) -> Story:
        """All that has happened.

        Raises:
            ValueError: there is no pull request.
        """
        self.look()
        if self._seen.pull is None:
            raise ValueError("a story needs a pull request")
        return Story(self._board, self._seen.pull, tuple(self._acts), self._now())

    def _time(self, seen: Sighting, at: float) -> None:
        for run in seen.runs:
            self._begun.setdefault((run.id, ""), at)
            for job in run.jobs:
                if job.status != "queued":
                    self._begun.setdefault((run.id, job.name), at)

    def _keep(self, news: News) -> None:
        if not self._acts:
            self._acts.append(Act("The beginning", "", 0.0, ()))
        self._acts[-1] = replace(self._acts[-1], news=(*self._acts[-1].news, news))
        if self._listener:
            self._listener.news(news)

    def _now(self) -> float:
        return self._clock() - self._began
