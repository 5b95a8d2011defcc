"""Seconds of training alone, and over several runs of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Runs from `start` on, but not while it is paused."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._before = 0.0

    @property
    def seconds(self) -> float:
        """Seconds until now."""
        return self._before + (0.0 if self._began is None else self._clock() - self._began)

    def start(self, before: float = 0.0) -> None:
        """Go on from `before` seconds."""
        self._before, self._began = before, self._clock()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens here does not count."""
        seconds = self.seconds
        try:
            yield
        finally:
            self.start(seconds)
