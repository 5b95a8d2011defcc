"""The time limit of a task: an alarm that raises in the main thread."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from runners.failures import TaskTimedOut

# What an alarm raises in a destructor or a callback of the garbage collector is printed and dropped: so it rings again,
# but leaves time to clean up. https://docs.python.org/3/reference/datamodel.html#object.__del__
_AGAIN_AFTER_SECONDS = 5.0


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Stop what takes longer than `seconds`; a long native call delays it to its end. None is no limit.

    Raises:
        TaskTimedOut: the limit was reached, whatever became of the exception that said so first.
    """
    if seconds is None:
        yield
        return
    over = False

    def stop(*_: object) -> None:
        nonlocal over
        over = True
        raise TaskTimedOut(seconds)

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with _alarm(seconds):
            yield
    except Exception as error:
        if over:
            raise TaskTimedOut(seconds) from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # if it rang while _alarm ended
        signal.signal(signal.SIGALRM, before)
    if over:
        raise TaskTimedOut(seconds)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    first = max(seconds, 0.001)  # 0 would be no alarm at all
    signal.setitimer(signal.ITIMER_REAL, first, _AGAIN_AFTER_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
