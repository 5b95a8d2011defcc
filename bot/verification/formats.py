"""A verification as text for a terminal, or as JSON. Pure; nothing from outside acts here."""

import json

from bot.sentences import counted
from bot.verification.finding import State
from bot.verification.rules import Row, Verification
from schemas.problem import shown

_LONGEST = 2000  # characters of one sentence


def as_text(verification: Verification) -> str:
    """One line a row, with why and the fix below those that are not ok; then one that sums up."""
    at = f" at {verification.revision[:7]}" if verification.revision else ""
    lines = [f"{verification.model}{at} on the Hub", ""]
    for row in verification.rows:
        lines += _row(row)
    if verification.not_judged:
        lines.append(f"{'':9}  not judged before that: {', '.join(verification.not_judged)}")
    return "\n".join([*lines, "", _summary(verification)]) + "\n"


def as_json(verification: Verification, *, strict: bool) -> str:
    """One object: `schema_version` 1, `model`, `revision`, `holds`, `rows`, and `not_judged` ids."""
    rows = [
        {
            "id": row.id,
            "what": row.what,
            "why": row.why,
            "state": row.state.value,
            "message": shown(row.message, _LONGEST),
            "fix": row.fix,
        }
        for row in verification.rows
    ]
    said = {
        "schema_version": 1,
        "model": verification.model,
        "revision": verification.revision,
        "holds": verification.holds(strict=strict),
        "rows": rows,
        "not_judged": list(verification.not_judged),
    }
    return json.dumps(said, indent=2) + "\n"


def _row(row: Row) -> list[str]:
    lines = [f"{row.state.value:9}  {row.id}: {shown(row.message, _LONGEST)}"]
    if row.state is State.NOT_OK:
        lines.append(f"{'':9}  why: {row.why}")
    return [*lines, f"{'':9}  fix: {row.fix}"] if row.fix else lines


def _summary(verification: Verification) -> str:
    states = [row.state for row in verification.rows]
    counts = [f"{states.count(state)} {state.value}" for state in State if state in states]
    if len(counts) == 1 and State.OK in states:
        return f"The result is public: all {counted(len(states), 'row')} ok."
    return f"{', '.join(counts)}."
