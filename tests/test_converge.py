"""The world is brought to a wanted state: lost answers are looked up, what stands twice goes, quarrels end."""

import pytest

from bot.converge import converge
from bot.retry import MaybeApplied, Retrying, RetryPolicy, ServiceAtFault, Trouble

QUICK = RetryPolicy(first_wait=0.01, longest_wait=0.02)


def retrying(waits: list[float]) -> Retrying:
    return Retrying("the service", QUICK, lambda _: None, sleep=waits.append, jitter=lambda: 0.0)


class Shelf:
    """A service that adds what it is told, and may lose the answer or meet another bot."""

    def __init__(self, lose: int = 0, other: int = 0) -> None:
        self.things: list[str] = []
        self.lose, self.other = lose, other

    def apply(self, operation: str) -> None:
        if operation == "add":
            self.things += ["ours"] * (1 + self.other)
            self.other = 0
        else:
            self.things.pop()
        if self.lose:
            self.lose -= 1
            raise MaybeApplied(Trouble("HTTP 502", maybe_applied=True))

    def bring_to_one(self, waits: list[float]) -> list[str]:
        return converge(
            lambda: list(self.things),
            lambda things: ["remove"] * (len(things) - 1) if things else ["add"],
            self.apply,
            adds=lambda operation: operation == "add",
            retrying=retrying(waits),
        )


def test_a_lost_answer_is_looked_up_before_the_write_is_repeated():
    shelf, waits = Shelf(lose=1), []
    assert shelf.bring_to_one(waits) == ["ours"]
    assert waits == [0.01]


def test_what_another_bot_added_meanwhile_is_removed():
    shelf = Shelf(other=1)
    shelf.bring_to_one([])
    assert shelf.things == ["ours"]


def test_answers_that_keep_getting_lost_end_the_command():
    shelf = Shelf(lose=100, other=100)
    with pytest.raises(ServiceAtFault, match="the service was asked 5 times"):
        shelf.bring_to_one([])


def test_bots_that_undo_each_other_end_too():
    with pytest.raises(ServiceAtFault, match="kept changing"):
        converge(
            list, lambda _: ["add"], lambda _: None, adds=lambda _: True, retrying=retrying([])
        )
