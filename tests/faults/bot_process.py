"""`mteb-bot` in a process of its own, forked from one that has everything imported already."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

_PRELOADED = ("bot.cli", "bot.commands.report", "bot.commands.report_news", "bot.commands.publish", "bot.commands.submit", "tests.faults.bot_process",
              "bot.card.card", "bot.github_api.connection", "bot.hub_api.connection")  # fmt: skip
_LONGEST = 120  # seconds; the policy of the tests gives up long before


@dataclass(frozen=True)
class Ended:
    """How the bot ended: its exit code (-9: killed) and what it said."""

    code: int | None
    output: str


class BotProcess:
    """One run of the bot; `start` forks it, `end` waits for it, `kill` is `kill -9`."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: Path
    ) -> None:
        self._output = output
        self._process: BaseProcess = _context.Process(
            target=_run, args=(list(arguments), dict(environment), output), daemon=True
        )

    def start(self) -> "BotProcess":
        """Begin to run."""
        self._process.start()
        return self

    def kill(self) -> None:
        """End it at once, wherever it is; `end` still has to be called, and tells -9."""
        os.kill(self._process.pid or 0, signal.SIGKILL)

    def end(self) -> Ended:
        """Wait for its end; one that takes too long is killed and has no exit code."""
        self._process.join(_LONGEST)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
        return Ended(
            code, self._output.read_text(errors="replace") if self._output.exists() else ""
        )


def _run(arguments: list[str], environment: dict[str, str], output: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with output.open("w", buffering=1) as said:
        sys.stdout = sys.stderr = said
        from bot.cli import main

        code = main(arguments)
        said.flush()
    os._exit(code)


_context = get_context("forkserver")
_context.set_forkserver_preload(list(_PRELOADED))
