"""What the job of a running evaluation knows of it, from its arguments."""

from dataclasses import replace

from bot.conversation import news
from bot.conversation.marker import Asked, is_login, is_request
from bot.conversation.subject import Subject
from schemas.errors import UsageError
from schemas.problem import shown

_MOST_TASKS = 1_000_000
_LONGEST_ID = 19


def running(
    subject: Subject, done: int | None, tasks: int | None, asked: Asked | None
) -> news.News:
    """A machine is at work, `done` of `tasks` tasks are through.

    Raises:
        UsageError: these numbers do not belong together.
    """
    if (done is None) != (tasks is None):
        raise UsageError("--done and --tasks belong together", "give both or none")
    if done is not None and tasks is not None and not 0 <= done <= tasks <= _MOST_TASKS:
        raise UsageError(f"--done is {done} of --tasks {tasks}", "give how many of how many")
    return replace(news.running(subject, done, tasks), asked=asked)


def asked_from(by: str, request: str, approval: str) -> Asked | None:
    """Who asked for the run, and for what; None where no comment did, which `approval` then does not name.

    The command that started it says the same, unless it was killed before it could.

    Raises:
        UsageError: one of them has not the shape it must have.
    """
    if not approval.isdecimal() or len(approval) > _LONGEST_ID:
        return None
    if not is_login(by):
        raise UsageError(f"--asked-by is {shown(by)}", "give the account that asked")
    if not is_request(request):
        raise UsageError(
            f"--request is {shown(request, 200)}", "give `--smoke`, names of tasks, or both"
        )
    return Asked(by, request, f"comment-{int(approval)}")
