"""What a scenario is."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.board import Board
from tests.e2e.stages import Stage


@dataclass(frozen=True)
class Scenario:
    """`name` is workflow/outcome; `tell` acts on a board at a stage, and holds its end against what it must be."""

    name: str
    title: str
    stage: Stage
    tell: Callable[[Board], None]

    @property
    def workflow(self) -> str:
        """The workflow that it is about."""
        return self.name.partition("/")[0]
