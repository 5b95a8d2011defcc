"""For each rule of the preflight a change that breaks only it, and all that is said then.

In `expected` NAME stands for the model's name and SHA for any SHA; a place without a file is one in config.yaml.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.open_model import World


@dataclass(frozen=True)
class Closed:
    """`change` breaks the rule called `rule`; with `token` the bot sees private repositories."""

    rule: str
    change: Callable[[World], None]
    expected: str
    token: bool = False


CASES: list[Closed] = []


def breaks(
    rule: str, expected: str, *, token: bool = False
) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    def add(change: Callable[[World], None]) -> Callable[[World], None]:
        CASES.append(Closed(rule, change, expected.strip("\n"), token))
        return change

    return add
