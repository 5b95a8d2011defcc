"""What is asked beyond the config, in one form: `--smoke` first, then names of tasks."""

import re
from dataclasses import dataclass

from schemas.errors import UsageError
from schemas.problem import nearest, shown

SMOKE = "--smoke"
MOST_TASKS = 200
_LONGEST = 20_000  # characters, as the plan's schema has it
_TASK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class CannotUnderstandRequest(UsageError):
    """A request holds an option that does not exist, or something that names no task."""


@dataclass(frozen=True)
class Request:
    """Cut every task down (`smoke`); only these tasks, all of the config's where none is named."""

    smoke: bool = False
    tasks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The one form of it: the same request always reads the same."""
        return " ".join([*([SMOKE] if self.smoke else []), *self.tasks])


def parse_request(text: str) -> Request:
    """The request that words stand for, in whatever order; a task that is named again counts once.

    Raises:
        CannotUnderstandRequest: a word is neither `--smoke` nor the name of a task, or there are too many.
    """
    words = list(dict.fromkeys(text[: _LONGEST + 1].split()))
    options = [word for word in words if word.startswith("-")]
    tasks = tuple(word for word in words if not word.startswith("-"))
    if unknown := next((word for word in options if word != SMOKE), None):
        fix = (
            f"did you mean `{SMOKE}`?"
            if nearest(unknown, [SMOKE])
            else f"the only one is `{SMOKE}`"
        )
        raise CannotUnderstandRequest(f"there is no option `{shown(unknown)}`", fix)
    if wrong := next((word for word in tasks if not _TASK.fullmatch(word)), None):
        raise CannotUnderstandRequest(
            f"`{shown(wrong)}` names no task",
            "write names of tasks as mteb has them, with blanks between: `STS12 STSBenchmark`",
        )
    if len(tasks) > MOST_TASKS or len(text) > _LONGEST:
        raise CannotUnderstandRequest(
            f"more than {MOST_TASKS} tasks are named", "name fewer, or none for all of the config's"
        )
    return Request(SMOKE in options, tasks)
