"""What all has come to, without what only tells how often something was tried: ids, numbers of runs, times."""

import json
import re
from itertools import takewhile
from typing import Any

from bot.conversation.marker import marker_of, without_marker
from tests.kills.saved import Board
from tests.small_submission import MODEL

_RUN = re.compile(r"/actions/runs/[0-9]+")
_CONTEXT = 60  # characters around the first difference
_BOT = "github-actions[bot]"


def ending(board: Board) -> dict[str, Any]:
    """What people see in the end, and what must be there once and no more."""
    there = board.state.board
    pull = there.pulls.get(1)
    if pull is None:
        return {}
    checks = [check for check in there.checks if check.head_sha == pull.head_sha]
    shown = {check.name: check for check in sorted(checks, key=lambda one: one.id)}
    return {
        "comments": [_comment(one.body) for one in pull.comments if _is_ours(one)],
        "labels": pull.labels,
        "checks": {
            name: [one.status, one.conclusion, *_texts(one.output), one.annotations]
            for name, one in shown.items()
        },
        "open checks": [check.name for check in there.checks if check.status != "completed"],
        "state": "merged" if pull.merged_at else pull.state,
        "commits": int(there.git.git("rev-list", "--count", "refs/heads/main")),
        "results": {
            entry.path: entry.sha
            for entry in there.git.tree("refs/heads/main")
            if entry.path.startswith("results/")
        },
        "hub": board.hub.state(MODEL),
        "still running": [run.title for run in board.state.unfinished],
    }


def differences(wanted: Any, found: Any, where: str = "") -> list[str]:
    """Where two ends differ, one line each."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted(wanted.keys() | found.keys())
        pairs = [(wanted.get(key), found.get(key), f"{where}/{key}") for key in keys]
        return [line for pair in pairs for line in differences(*pair)]
    if wanted == found:
        return []
    one, other = json.dumps(found), json.dumps(wanted)
    begin = max(0, _common(one, other) - _CONTEXT)
    shown = [text[begin : begin + 3 * _CONTEXT] for text in (one, other)]
    return [f"{where}: …{shown[0]}\n    instead of …{shown[1]}"]


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def said(board: Board) -> str:
    """Which state the bot's comment tells of; nothing without one."""
    markers = [marker_of(one.body) for one in board.state.board.pulls[1].comments if _is_ours(one)]
    return ", ".join(marker.state.value for marker in markers if marker) or "nothing"


def answers(board: Board) -> list[str]:
    """What the bot answered to commands."""
    bodies = [one.body for one in board.state.board.pulls[1].comments if one.author == _BOT]
    return [without_marker(body) for body in bodies if marker_of(body) is None]


def _is_ours(comment: Any) -> bool:
    return comment.author == _BOT and marker_of(comment.body) is not None


def _comment(body: str) -> dict[str, Any]:
    """The run that it tells of, and the command that asked for it, are others after a retry."""
    marker = marker_of(body)
    assert marker
    asked = marker.asked and [marker.asked.by, marker.asked.request]
    known = [marker.config, marker.sha, marker.state.value, marker.report, str(marker.published)]
    return {"marker": known, "asked": asked, "text": _RUN.sub("/actions/runs/N", without_marker(body))}  # fmt: skip


def _texts(output: dict[str, Any]) -> list[str]:
    return [_RUN.sub("/actions/runs/N", output.get(key) or "") for key in ("title", "summary")]
