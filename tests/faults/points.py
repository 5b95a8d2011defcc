"""One fault point: a scenario, a request of it, and what goes wrong there; and whether the world recovered."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any, Self

from tests.faults.bot_process import BotProcess, Ended
from tests.faults.scenarios import Scenario, World, environment, new_world
from tests.standins.faults import Fault, Kind
from tests.standins.server import Exchange, Server

KILL = "kill -9 after the request"
DOWN = "down from this request on"
TROUBLES: tuple[Kind | str, ...] = (*Kind, KILL, DOWN)
_STALL = 30.0  # seconds


@dataclass(frozen=True)
class Point:
    """What goes wrong, and at which request (1 is the first)."""

    scenario: Scenario
    request: int
    trouble: Kind | str

    def __str__(self) -> str:
        what = self.trouble.value if isinstance(self.trouble, Kind) else self.trouble
        return f"{self.scenario.name}, request {self.request}: {what}"


class Bench:
    """Two servers whose world is replaced for every point."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worlds: dict[str, World] = {}
        self._wanted: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        world = new_world(self._folder / "new")
        self.github = Server(world.github).__enter__()
        self.hub = Server(world.hub).__enter__()
        self._new = world
        return self

    def __exit__(self, *_: object) -> None:
        self.github.__exit__()
        self.hub.__exit__()

    def prepare(self, scenario: Scenario) -> list[Exchange]:
        """Run a scenario undisturbed, keep the worlds before and after, and return its requests."""
        world = self._new.copy(self._fresh())
        self._show(world)
        for command in scenario.before:
            self._must_succeed(self._run(world, scenario, command(world)))
        if scenario.between:
            scenario.between(world)
        self._worlds[scenario.name] = world.copy(self._fresh())
        self._show(world)
        self._must_succeed(self._run(world, scenario, scenario.command(world)))
        exchanges = list(self._server(scenario).log)
        self._wanted[scenario.name] = world.state()
        self._check(world)
        return exchanges

    def complaint(self, point: Point) -> str:
        """Spoil one run, run again, and say what is not as after an undisturbed run; empty: nothing."""
        world = self._worlds[point.scenario.name].copy(self._fresh())
        self._show(world)
        spoilt = self._spoilt(world, point)
        self._show(world)
        again = self._run(world, point.scenario, point.scenario.command(world))
        self._check(world)
        if said := _ended_badly(spoilt, point):
            return said
        if again.code != 0:
            return f"the second run ended with {again.code}: {again.output[-500:]}"
        return self._difference(point.scenario, world.state())

    def complaint_of_two(self, scenario: Scenario, watch: Callable[[Exchange], None]) -> str:
        """Run two bots at once, and say what is not as after one of them.

        What nobody can delete may stand twice: of two pull requests on the Hub one ends closed, and
        of two equal check runs GitHub shows the later.
        """
        world = self._worlds[scenario.name].copy(self._fresh())
        self._show(world)
        self.github.watch = self.hub.watch = watch
        bots = [self._bot(world, scenario, scenario.command(world)).start() for _ in range(2)]
        ends = [bot.end() for bot in bots]
        self.github.watch = self.hub.watch = None
        self._check(world)
        for ended in ends:
            if ended.code != 0:
                return f"a bot ended with {ended.code}: {ended.output[-500:]}"
        found = world.state()
        pulls = found["hub"]["pulls"]
        found["hub"]["pulls"] = [pull for pull in pulls if pull["status"] == "open"]
        found["github"]["checks"] = {
            sha: list({check["name"]: check for check in checks}.values())
            for sha, checks in found["github"]["checks"].items()
        }
        return self._difference(scenario, found)

    def _difference(self, scenario: Scenario, found: dict[str, Any]) -> str:
        wanted = self._wanted[scenario.name]
        before, after = (
            json.dumps(state, indent=1, ensure_ascii=False).splitlines()
            for state in (wanted, found)
        )
        changed = unified_diff(before, after, "undisturbed", "found", lineterm="", n=1)
        return "\n  ".join(changed)

    def _spoilt(self, world: World, point: Point) -> Ended:
        server = self._server(point.scenario)
        bot = self._bot(world, point.scenario, point.scenario.command(world))
        if isinstance(point.trouble, Kind):
            seconds = 0.1 if point.trouble is Kind.REFUSED else _STALL
            server.inject(Fault(point.trouble, point.request, seconds=seconds))
        elif point.trouble == DOWN:
            server.inject(Fault(Kind.REFUSED, point.request, seconds=None))
        else:
            server.watch = lambda done: _kill_after(bot, point.request, done)
        bot.start()
        ended = bot.end()
        server.watch = None
        return ended

    def _run(self, world: World, scenario: Scenario, arguments: list[str]) -> Ended:
        return self._bot(world, scenario, arguments).start().end()

    def _bot(self, world: World, scenario: Scenario, arguments: list[str]) -> BotProcess:
        seen = environment(world, scenario, self.github.url, self.hub.url)
        handle, output = tempfile.mkstemp(dir=self._folder)
        os.close(handle)
        return BotProcess(arguments, seen, Path(output))

    def _show(self, world: World) -> None:
        self.github.clear()
        self.hub.clear()
        self.github.app, self.hub.app = world.github, world.hub

    def _server(self, scenario: Scenario) -> Server:
        return self.github if scenario.service == "github" else self.hub

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))

    @staticmethod
    def _check(world: World) -> None:
        world.github.check()
        world.hub.check()

    @staticmethod
    def _must_succeed(ended: Ended) -> None:
        if ended.code != 0:
            raise AssertionError(f"undisturbed, yet exit code {ended.code}: {ended.output}")


def _kill_after(bot: BotProcess, request: int, done: Exchange) -> None:
    if done.number == request:
        bot.kill()
        time.sleep(0.02)  # it is gone before the answer is sent


def _ended_badly(ended: Ended, point: Point) -> str:
    """A bot that meets one fault recovers by itself; one whose service stays down says so."""
    wanted = {KILL: (-9,), DOWN: (4,)}.get(str(point.trouble), (0,))
    if "Traceback" in ended.output:
        return f"a traceback: {ended.output[-1000:]}"
    return "" if ended.code in wanted else f"the run ended with {ended.code}: {ended.output[-500:]}"
