"""What a comparison holds: one model against others, task by task and over all, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import reduce

from bot.difference import Change, Difference, Estimate
from bot.model_results import ModelResults

Pair = tuple[str, str]  # split, subset


class Standing(Enum):
    """Whether a task of one baseline can be compared."""

    COMPARED = "compared"
    NOT_IN_CANDIDATE = "not in candidate"
    NOT_IN_BASELINE = "not in baseline"
    OTHER_DATA = "other data set revision"
    NOTHING_SHARED = "no split and subset in common, or none in scope"


@dataclass(frozen=True)
class Scope:
    """What a benchmark takes of each task: its split and subset pairs, or all where the set is empty."""

    benchmark: str
    pairs: Mapping[str, frozenset[Pair]]


@dataclass(frozen=True)
class Against:
    """One task of the candidate against one baseline.

    When COMPARED, `candidate` and `baseline` are means over the `shared` pairs, which `only_candidate` and
    `only_baseline` are not part of; otherwise each is the mean over all its own pairs, None where there are none.
    """

    standing: Standing
    candidate: Estimate | None
    baseline: Estimate | None
    shared: frozenset[Pair] = frozenset()
    only_candidate: frozenset[Pair] = frozenset()
    only_baseline: frozenset[Pair] = frozenset()
    revisions: tuple[str, str] = ("", "")

    @property
    def difference(self) -> Difference | None:
        """The difference, if the two can be compared."""
        if self.standing is not Standing.COMPARED or not self.candidate or not self.baseline:
            return None
        return Difference(self.candidate, self.baseline)


@dataclass(frozen=True)
class TaskRow:
    """One task: the candidate's score over all its pairs in scope, and against every baseline.

    `absent` counts pairs the scope asks for and the candidate does not have.
    """

    task: str
    task_type: str
    candidate: Estimate | None
    against: tuple[Against, ...]
    absent: int = 0


@dataclass(frozen=True)
class Means:
    """Means of both sides over `tasks` comparable tasks."""

    tasks: int
    difference: Difference


@dataclass(frozen=True)
class Overall:
    """All comparable tasks of one baseline: by task, by task type, and over the means of the types."""

    tasks: Means
    by_type: Mapping[str, Means]
    types: Means
    changes: Mapping[Change, int]
    noise_unknown: int

    @property
    def change(self) -> Change:
        """The join of all tasks' changes: MIXED when some are better and some worse."""
        return reduce(Change.join, self.changes, Change.SAME)


@dataclass(frozen=True)
class Comparison:
    """A candidate against baselines; `overall` has None for a baseline nothing can be compared with."""

    candidate: ModelResults
    baselines: tuple[ModelResults, ...]
    scope: Scope | None
    rows: tuple[TaskRow, ...]
    overall: tuple[Overall | None, ...]
