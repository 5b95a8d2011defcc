"""A time limit ends what it limits, also where Python drops the exception that says so."""

import signal
import time
from collections.abc import Callable

import pytest

from runners.failures import TaskTimedOut
from runners.time_limit import time_limit

# Destructors and callbacks of the garbage collector cannot raise: Python prints what they raise and goes on.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class DestroyedFor:
    """Takes its seconds to be destroyed."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __del__(self) -> None:
        ends = time.monotonic() + self.seconds
        while time.monotonic() < ends:
            pass


def run_for_ever() -> None:
    while True:
        pass


def destroy_slowly() -> None:
    DestroyedFor(0.2)


def destroy_slowly_and_run_for_ever() -> None:
    destroy_slowly()
    run_for_ever()


def tell_another_error() -> None:
    try:
        time.sleep(10)
    except TaskTimedOut as error:
        raise RuntimeError("could not encode") from error


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(run_for_ever, id="raised"),
        pytest.param(destroy_slowly, id="dropped by a destructor, then at the end"),
        pytest.param(
            destroy_slowly_and_run_for_ever, id="dropped by a destructor, then running on"
        ),
        pytest.param(tell_another_error, id="caught by a library that tells an error of its own"),
    ],
)
def test_what_takes_longer_than_its_limit_has_timed_out(work: Callable[[], None]) -> None:
    with pytest.raises(TaskTimedOut, match=r"time limit of 0\.05 s"), time_limit(0.05):
        work()


def test_an_error_before_the_limit_is_told_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="could not encode"), time_limit(60):
        raise RuntimeError("could not encode")


@pytest.mark.parametrize("seconds", [0.05, 60])
def test_nothing_is_left_of_a_limit_that_ended(seconds: float) -> None:
    before = signal.getsignal(signal.SIGALRM)
    try:
        with time_limit(seconds):
            destroy_slowly()
    except TaskTimedOut:
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_no_limit_is_none() -> None:
    with time_limit(None):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
