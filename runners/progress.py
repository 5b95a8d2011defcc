"""Show a run to a person: live bars in a terminal, a calm line now and then in a log."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

from schemas.problem import shown

_LONGEST_LINE = 1000
_LOG_EVERY = 30.0  # seconds between two lines about the same phase in a log


class Progress:
    """What happens now: task i of n, phase, texts done, texts/s, time left.

    In a terminal it redraws one line; elsewhere it prints a line when a task begins and ends, and for
    each encoding one at its end and every 30 s until then.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._clock = clock
        self._task = ""
        self._phase = ""
        self._unit = "texts"
        self._began = self._shown = clock()
        self._bar: _Bar | None = None

    def say(self, line: str) -> None:
        """Print one line that stays."""
        self._close_bar()
        self._stream.write(shown(line, _LONGEST_LINE) + "\n")
        self._stream.flush()

    def task(self, number: int, of: int, name: str) -> None:
        """A task begins."""
        self._task = f"[{number}/{of}] {name}"
        if not self._live:
            self.say(self._task)

    def phase(self, name: str, texts: int | None = None, unit: str = "texts") -> None:
        """A phase of the task begins; `texts` is how many will be encoded, if it encodes, or how many of `unit`."""
        self._close_bar()
        self._phase = name
        self._unit = unit
        self._began = self._shown = self._clock()
        if self._live:
            self._bar = _Bar(self._stream, f"{self._task}  {name}".strip(), texts, unit)

    def encoded(self, done: int, of: int) -> None:
        """`done` of `of` texts of this phase are encoded."""
        if self._bar is not None:
            self._bar.update(done)
            return
        now = self._clock()
        if now - self._shown >= _LOG_EVERY or done == of:
            self._shown = now
            rate = done / max(now - self._began, 1e-9)
            left = "" if done == of else f", about {duration((of - done) / rate)} left"
            self._say_phase(f"{done:,} of {of:,} {self._unit}, {rate:,.0f}/s{left}")

    def counted(self, done: int) -> None:
        """`done` of this phase are through; of how many, nobody knows yet."""
        now = self._clock()
        if self._bar is not None:
            self._bar.count(f"{done:,} {self._unit}")
        elif now - self._shown >= _LOG_EVERY:
            self._shown = now
            rate = done / max(now - self._began, 1e-9)
            self._say_phase(f"{done:,} {self._unit}, {rate:,.0f}/s")

    def task_done(self, outcome: str) -> None:
        """A task ended; `outcome` says how."""
        self.say(f"{self._task}  {outcome}")

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._close_bar()

    def _say_phase(self, about: str) -> None:
        self.say(f"{self._task}  {self._phase}: {about}".strip())

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class _Bar:
    """One live line through rich: description, bar, texts, texts/s, time left."""

    def __init__(self, stream: TextIO, description: str, texts: int | None, unit: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            ProgressColumn,
            SpinnerColumn,
            Task,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as RichProgress
        from rich.text import Text

        class Speed(ProgressColumn):
            def render(self, task: Task) -> Text:
                return Text(f"{task.speed or 0:,.0f} {unit}/s", style="cyan")

        columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
        if texts is not None:
            columns += [BarColumn(), MofNCompleteColumn(), Speed(), TimeRemainingColumn()]
        self._progress = RichProgress(
            *columns, TimeElapsedColumn(), console=Console(file=stream), transient=True
        )
        self._description = description
        self._task = self._progress.add_task(description, total=texts)
        self._progress.start()

    def update(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def count(self, words: str) -> None:
        self._progress.update(self._task, description=f"{self._description}: {words}")

    def close(self) -> None:
        self._progress.stop()


def duration(seconds: float) -> str:
    """`seconds` as people say it: 40 s, 3 min, 2.5 h."""
    if seconds < 100:  # noqa: PLR2004 - below this, seconds read best
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
