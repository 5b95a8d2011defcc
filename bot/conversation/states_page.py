"""docs/states.md, written from the table: `python -m bot.conversation.states_page > docs/states.md`."""

import sys

from bot.conversation.states import TABLE, Row, State, may_follow
from bot.markdown import table

_INTRO = """\
# What a pull request shows

`mteb-bot report STATE` keeps one comment and one check run for each config of a pull request, and one
label for the pull request. This page is written from the table in `bot/conversation/states.py`.

The usual ways:
"""
_RULES = """\
## What may follow at one commit

From the state on the left to the state above. What may not follow is late news: it is ignored, and what
stands there stays. What a run has said is not taken back by the check before it, and a progress report that
comes late does not take back the scores. Where it is known which runs speak, an earlier run says nothing
after a later one, and a later one may say anything.
"""
_PUSH = """\
A push supersedes every state: the comment says so and is minimised as outdated, and a check run that was
still open is cancelled. News of the old commit does not come back up, except that scores still find their
place in the minimised comment. What is said of the next commit goes into the same comment, which is then
shown again.

## Labels and check runs

A pull request has one of these labels; of several configs in it, the one that stands highest here decides.
Labels of other names are never touched.
"""
# What the diagram draws; the table above it in the code allows more.
USUAL = (
    (State.VALIDATED, State.QUEUED),
    (State.QUEUED, State.RUNNING),
    (State.RUNNING, State.EVALUATED),
    (State.RUNNING, State.FAILED),
    (State.RUNNING, State.CANCELLED),
    (State.RUNNING, State.TRIED),
    (State.QUEUED, State.CANCELLED),
    (State.FAILED, State.QUEUED),
    (State.CANCELLED, State.QUEUED),
    (State.TRIED, State.QUEUED),
    (State.EVALUATED, State.QUEUED),
)


def states_page() -> str:
    """The page: a diagram, the table of transitions, and the table of labels and check runs."""
    labels = [
        [f"**{state.value}**", f"`{row.label.name}`", row.label.description, _check(row)]
        for state, row in TABLE.items()
    ]
    head = ["state", "label", "what it says", "check run"]
    return "\n".join(
        [_INTRO, _diagram(), "", _RULES, _transitions(), "", _PUSH, table(head, labels), ""]
    )


def _diagram() -> str:
    checks = (State.VALIDATED, State.INVALID)
    arrows = [
        *(f"    [*] --> {state.value}" for state in checks),
        *(f"    {before.value} --> {after.value}" for before, after in USUAL),
        *(
            f"    {state.value} --> superseded: push"
            for state in State
            if state is not State.SUPERSEDED
        ),
        *(f"    superseded --> {state.value}: next commit" for state in checks),
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])


def _transitions() -> str:
    states = [state for state in State if state is not State.SUPERSEDED]
    rows = [
        [before.value, *("yes" if may_follow(before, after) else "no" for after in states)]
        for before in states
    ]
    return table(["", *(state.value for state in states)], rows)


def _check(row: Row) -> str:
    if row.conclusion is None:
        return row.status
    if row is TABLE[State.EVALUATED]:
        return "completed, success; neutral where the scores need a look"
    return f"{row.status}, {row.conclusion}"


if __name__ == "__main__":
    sys.stdout.write(states_page())
