"""The states of a submission as its pull request shows them: one table of labels, checks and transitions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Literal

CheckStatus = Literal["queued", "in_progress", "completed"]
Conclusion = Literal["success", "failure", "neutral", "cancelled"]


class State(Enum):
    """What is known of one config at one commit, in the order of the attention it needs."""

    FAILED = "failed"
    INVALID = "invalid"
    CANCELLED = "cancelled"
    VALIDATED = "validated"
    TRIED = "tried"
    RUNNING = "running"
    QUEUED = "queued"
    EVALUATED = "evaluated"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Label:
    """A label as GitHub keeps it: colour as six hex digits, description of at most 100 characters."""

    name: str
    colour: str
    description: str


@dataclass(frozen=True)
class Row:
    """One state: its label, its check run, the states that may follow it at the same commit, whether a run says it."""

    label: Label
    status: CheckStatus
    conclusion: Conclusion | None
    next: frozenset[State]
    is_of_a_run: bool


_ENDS = frozenset({State.EVALUATED, State.FAILED, State.CANCELLED, State.TRIED})
_A_RUN = frozenset({State.QUEUED, State.RUNNING}) | _ENDS
_A_CHECK = frozenset({State.VALIDATED, State.INVALID})


def _row(
    label: tuple[str, str, str],
    check: tuple[CheckStatus, Conclusion | None],
    following: frozenset[State],
) -> Row:
    name, colour, description = label
    label_ = Label(f"mteb: {name}", colour, description)
    return Row(label_, *check, following, State(name) in _A_RUN)


# What a run has said is not taken back by the check that came before it, and a progress report
# that comes late does not take back the scores. Every state may be superseded: by another commit.
TABLE: Mapping[State, Row] = MappingProxyType(
    {
        State.FAILED: _row(
            ("failed", "d73a4a", "The evaluation failed; the comment says what to do next"),
            ("completed", "failure"),
            _A_RUN,
        ),
        State.INVALID: _row(
            ("invalid", "e99695", "The config has problems, marked on its lines; it needs a push"),
            ("completed", "failure"),
            _A_CHECK | _A_RUN,
        ),
        State.CANCELLED: _row(
            ("cancelled", "8c959f", "The evaluation was stopped; a maintainer can start it again"),
            ("completed", "cancelled"),
            _A_RUN,
        ),
        State.VALIDATED: _row(
            ("validated", "fbca04", "The config is valid; a maintainer can start the evaluation"),
            ("queued", None),  # green is left to what has been measured
            _A_CHECK | _A_RUN,
        ),
        State.TRIED: _row(
            ("tried", "fef2c0", "A smoke run passed; a maintainer can start the evaluation"),
            ("queued", None),  # nothing has been measured
            _A_RUN,
        ),
        State.RUNNING: _row(
            ("running", "1d76db", "The model is being evaluated"), ("in_progress", None), _A_RUN
        ),
        State.QUEUED: _row(
            ("queued", "c5def5", "The evaluation waits for a machine"), ("queued", None), _A_RUN
        ),
        State.EVALUATED: _row(
            ("evaluated", "0e8a16", "The scores are in the comment"),
            ("completed", "success"),
            _A_RUN - {State.RUNNING, State.CANCELLED},
        ),
        State.SUPERSEDED: _row(
            ("superseded", "cfd3d7", "A push came after what the comment says; see the next check"),
            ("completed", "cancelled"),
            _A_CHECK | _A_RUN,
        ),
    }
)
LABELS: tuple[Label, ...] = tuple(row.label for row in TABLE.values())


def may_follow(before: State, after: State) -> bool:
    """Whether `after` is news at a commit of which `before` has been said; late news is none."""
    return after in TABLE[before].next


def most_urgent(states: Iterable[State]) -> State:
    """The state that needs most attention; `states` is not empty."""
    order = list(State)
    return min(states, key=order.index)
