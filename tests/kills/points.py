"""The points at which a job's machine is taken away, and what a maintainer then comments."""

from dataclasses import dataclass
from typing import Any

VALIDATE, COMMANDS, EVALUATE, REPORT, PUBLISH, ACCEPT = (
    f"{name}.yml" for name in ("validate", "commands", "evaluate", "report", "publish", "accept")
)


@dataclass(frozen=True)
class Point:
    """In `act` of `story` the machine of a job is gone: before a step, or where `writes` or `seconds` say, within it.

    `writes`: as soon as GitHub or the Hub has done what the step asked with its so manieth request that writes, and
    before it hears so. `real`: the evaluation is measured, not replayed. `comments` is what people do about it.
    `onward`: the story is told to its end, beyond the act that was disturbed.
    """

    story: str
    act: str
    file: str
    job: str
    step: str
    writes: int = 0
    seconds: float = 0
    real: bool = False
    comments: tuple[str, ...] = ("/retry",)
    onward: bool = False

    @property
    def name(self) -> str:
        """One line, unique."""
        when = f"after write {self.writes} of" if self.writes else f"{self.seconds:g} s into" if self.seconds else "before"  # fmt: skip
        return f"{self.story}: {self.file} {self.job}: {when} “{self.step}”"


def _in(story: str, act: str, file: str, job: str, *kills: Any) -> list[Point]:
    """One point for each step, or (step, writes); of each job the last goes on to the end of the story."""
    pairs = [kill if isinstance(kill, tuple) else (kill, 0) for kill in kills]
    return [
        Point(story, act, file, job, step, writes, onward=(step, writes) == pairs[-1])
        for step, writes in pairs
    ]


_FIRST = "checkout"
POINTS: tuple[Point, ...] = (
    *_in("evaluated", "open", VALIDATE, "stop", "Stop"),
    *_in("evaluated", "open", VALIDATE, "check", _FIRST, "Fetch", "Check", "upload"),
    *_in("evaluated", "open", VALIDATE, "report", _FIRST, "Say what", ("Say what", 1), ("Say what", 2), ("Say what", 3)),
    *_in("evaluated", "evaluate", COMMANDS, "respond", "Do what", ("Do what", 1), ("Do what", 2), ("Do what", 3)),
    *_in("evaluated", "evaluate", EVALUATE, "plan", _FIRST, "Check who", "Plan", "upload"),
    *_in("evaluated", "evaluate", EVALUATE, "running", _FIRST, ("Say that", 1), ("Say that", 2)),
    *_in("evaluated", "evaluate", EVALUATE, "evaluate", _FIRST, "download", "Evaluate", "upload"),
    Point("evaluated", "evaluate", EVALUATE, "evaluate", "Prefetch", seconds=1.5, real=True),
    Point("evaluated", "evaluate", EVALUATE, "evaluate", "Evaluate", seconds=2.5, real=True),
    Point("evaluated", "evaluate", EVALUATE, "evaluate", "Evaluate", seconds=6, real=True, onward=True),
    *_in("evaluated", "evaluate", EVALUATE, "tell", _FIRST, ("Start", 1)),
    *_in("evaluated", "evaluate", REPORT, "collect", "Validate"),
    *_in("evaluated", "evaluate", REPORT, "report", "Validate", "Say how", ("Say how", 1), ("Say how", 2), ("Say how", 3)),
    *_in("evaluated", "evaluate", REPORT, "publish", _FIRST, ("Start", 1)),
    *_in("evaluated", "evaluate", PUBLISH, "publish", "Validate", ("Propose", 1), ("Propose", 2), ("Propose", 3), "Say what", ("Say what", 1)),
    *_in("evaluated", "merge", ACCEPT, "accept", _FIRST, "Accept", ("Accept", 1), ("Accept", 2), ("Accept", 3)),
    *_in("merged", "merge", ACCEPT, "publish", _FIRST, ("Start", 1)),
    *_in("merged", "merge", PUBLISH, "publish", ("Propose", 2), "Say what"),
    *_in("by hand", "publish", COMMANDS, "respond", "Do what", ("Do what", 1)),
    *_in("by hand", "publish", PUBLISH, "publish", _FIRST, ("Propose", 2)),
)  # fmt: skip
