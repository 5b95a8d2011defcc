"""How often and how long the bot tries again when GitHub or the Hub does not answer as it should."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from schemas.errors import CommandError, ExitCode

Answer = TypeVar("Answer")


class ServiceAtFault(CommandError):
    """An outside service did not answer, or not as it should, however often it was asked."""

    exit_code = ExitCode.SERVICE


class MaybeApplied(Exception):
    """A write whose answer got lost: look up what the service has before writing again."""

    def __init__(self, trouble: "Trouble") -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


@dataclass(frozen=True)
class Trouble:
    """A failure that may pass. `asked_wait` is what the service asked for, in seconds.

    `maybe_applied` is false only where the service surely did not act: nobody listened, or it
    refused because of a rate limit.
    """

    what: str
    maybe_applied: bool
    asked_wait: float | None = None


@dataclass(frozen=True)
class RetryPolicy:
    """Bounds, all in seconds but `attempts`, which counts the first try too.

    Waits double from `first_wait` up to `longest_wait`, each shortened by up to half at random, so
    that bots which failed together do not come back together. A service that asks for more than
    `longest_asked` is not waited for. `timeout` is for one request.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 30.0
    longest_asked: float = 300.0
    timeout: float = 20.0

    def wait_before(self, attempt: int, trouble: Trouble, jitter: float) -> float | None:
        """Seconds to wait before try number `attempt` (2 is the first repetition); None: give up.

        `jitter` is a random number from 0 to 1.
        """
        if attempt > self.attempts:
            return None
        wait = min(self.first_wait * 2.0 ** (attempt - 2), self.longest_wait) * (1 - jitter / 2)
        if trouble.asked_wait is None:
            return wait
        if trouble.asked_wait > self.longest_asked:
            return None
        return trouble.asked_wait + wait  # a little later than asked: clocks differ


@dataclass(frozen=True)
class Retrying:
    """Carries out calls to one service under a policy.

    `trouble_of` tells what may pass from what will not (None: not ours to repeat); such errors
    are left to the caller as they are.
    """

    service: str
    policy: RetryPolicy
    trouble_of: Callable[[Exception], Trouble | None]
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def repeatable(self, call: Callable[[], Answer]) -> Answer:
        """Call until it succeeds: for reads, and for writes that do the same when done twice.

        Raises:
            ServiceAtFault: it did not succeed within the policy's bounds.
        """
        return self._tried(call, repeat_unsettled=True)

    def once(self, call: Callable[[], Answer]) -> Answer:
        """Call until the service has surely acted or surely refused: for writes that add something.

        Raises:
            MaybeApplied: the answer got lost.
            ServiceAtFault: the service refused for now, however often it was asked.
        """
        return self._tried(call, repeat_unsettled=False)

    def _tried(self, call: Callable[[], Answer], *, repeat_unsettled: bool) -> Answer:
        attempt = 1
        while True:
            try:
                return call()
            except Exception as error:
                trouble = self.trouble_of(error)
                if trouble is None:
                    raise
                if trouble.maybe_applied and not repeat_unsettled:
                    raise MaybeApplied(trouble) from error
                attempt += 1
                wait = self.policy.wait_before(attempt, trouble, self.jitter())
                if wait is None:
                    raise self.given_up(trouble, attempt - 1) from error
            self.sleep(wait)

    def given_up(self, trouble: Trouble, attempts: int) -> ServiceAtFault:
        """The error that ends a command: what the service did, and when to come back."""
        tries = "once" if attempts == 1 else f"{attempts} times"
        later = (
            f"in {trouble.asked_wait:.0f} seconds, as {self.service} asks"
            if trouble.asked_wait
            else "later"
        )
        return ServiceAtFault(
            f"{self.service} was asked {tries} and did not answer as it should: {trouble.what}",
            f"run the same command again {later}; it goes on where it stopped",
        )
