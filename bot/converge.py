"""Bring the outside world to a wanted state: look, decide, act, and look again where an answer got lost."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.retry import MaybeApplied, Retrying, Trouble

Facts = TypeVar("Facts")
Operation = TypeVar("Operation")

_MOST_ROUNDS = 10  # two bots that undo each other's work must end


def converge(
    load: Callable[[], Facts],
    decide: Callable[[Facts], Sequence[Operation]],
    apply: Callable[[Operation], None],
    *,
    adds: Callable[[Operation], bool],
    retrying: Retrying,
) -> Facts:
    """Repeat until `decide` finds nothing left to do, and return the last facts.

    Operations that do not `adds` anything settle the matter by being applied. After one that does,
    or one whose answer got lost, the facts are loaded again: another bot may have added the same
    meanwhile, and `decide` removes what is there twice.

    Raises:
        ServiceAtFault: the state was not reached within the policy's tries.
    """
    lost = 0
    for _ in range(_MOST_ROUNDS):
        facts = load()
        operations = decide(facts)
        try:
            for operation in operations:
                apply(operation)
        except MaybeApplied as error:
            lost += 1
            wait = retrying.policy.wait_before(lost + 1, error.trouble, retrying.jitter())
            if wait is None:
                raise retrying.given_up(error.trouble, lost) from error
            retrying.sleep(wait)
            continue
        if not any(adds(operation) for operation in operations):
            return facts
    busy = Trouble("what it holds kept changing while the bot worked on it", maybe_applied=True)
    raise retrying.given_up(busy, _MOST_ROUNDS)
