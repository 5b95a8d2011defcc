"""Why something could not be measured: whose fault it is, what happened, what to do next."""

import errno
import traceback
from typing import Any, Literal

Kind = Literal["submission", "infrastructure", "out_of_memory", "timeout"]

_ADVICE: dict[Kind, str] = {
    "submission": "correct the submission, try it with `--smoke`, and run again",
    "infrastructure": "nothing to change in the submission; run the same command again, it goes on "
    "where it stopped",
    "out_of_memory": "use a machine with more memory, a smaller `--batch-size`, or a smaller "
    "`load.max_length` in the config",
    "timeout": "raise `--task-timeout`, use a faster machine, or evaluate fewer tasks",
}
_OUT_OF_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "bad_alloc",
    "could not create a primitive",  # how oneDNN says it on a CPU
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
)
_HTTP_CLIENTS = {"httpx", "httpx2", "httpcore", "httpcore2", "requests", "urllib3"}
_MACHINE_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}


class Failure(Exception):
    """A measurement failed for a known reason; becomes an `error` of the report."""

    def __init__(self, kind: Kind, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.message = message
        self.advice = advice or _ADVICE[kind]


class TaskTimedOut(Failure):
    """A task ran longer than its limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__("timeout", f"the task was stopped at its time limit of {seconds:g} s")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory ran out, on the GPU or on the host."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(
        sign in str(error).lower() for sign in _OUT_OF_MEMORY
    )


def is_machine_trouble(error: BaseException) -> bool:
    """Whether `error` is the machine's or the network's: full disk, lost connection."""
    if isinstance(error, OSError) and error.errno in _MACHINE_ERRNOS:
        return True
    return is_lost_connection(error)


def is_lost_connection(error: BaseException) -> bool:
    """Whether `error` says that somebody on the network did not answer to the end."""
    origin = type(error).__module__.partition(".")[0]
    return isinstance(error, ConnectionError | TimeoutError) or origin in _HTTP_CLIENTS


def classified(error: BaseException, otherwise: Kind, doing: str) -> Failure:
    """`error` as a Failure; `otherwise` is whose fault it is when nothing about it tells."""
    if isinstance(error, Failure):
        return error
    kind: Kind = otherwise
    if is_out_of_memory(error):
        kind = "out_of_memory"
    elif is_machine_trouble(error):
        kind = "infrastructure"
    words = str(error).strip() or "no message"
    return Failure(kind, f"{doing} failed: {type(error).__name__}: {words}")


def error_record(failure: Failure) -> dict[str, Any]:
    """The failure as the report schema's `error`, bounded in length."""
    cause = failure.__cause__ or failure
    detail = "".join(traceback.format_exception(cause))[-8000:]
    return {
        "kind": failure.kind,
        "message": _bounded(failure.message, 4000),
        "advice": _bounded(failure.advice, 1000),
        "detail": detail,
    }


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
