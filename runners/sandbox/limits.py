"""What the inside of a sandbox may use, and what is said when it uses more. Pure."""

from dataclasses import dataclass

from runners.failures import Failure

_MEMORY_ADVICE = "use a machine with more memory (`limits.memory_gb` of the board's settings), or a smaller model"
_TIME_ADVICE = "ask for fewer tasks, or raise `limits.hours` of the board's settings"
_DISK_ADVICE = "write less, or raise `limits.disk_gb` of the board's settings"
_PROCESS_ADVICE = "start fewer, or raise `limits.processes` of the board's settings"


@dataclass(frozen=True)
class Limits:
    """What one run may use. `processes` counts threads too, `files` those in writable folders."""

    seconds: float
    memory_bytes: int
    disk_bytes: int
    processes: int
    files: int = 1_000_000


@dataclass(frozen=True)
class Usage:
    """What a run uses at a moment."""

    seconds: float = 0.0
    memory_bytes: int = 0
    disk_bytes: int = 0
    processes: int = 0
    files: int = 0


def exceeded(usage: Usage, limits: Limits) -> Failure | None:
    """Why a run must stop now, as the report tells it, or None while it keeps its limits."""
    if usage.processes > limits.processes:
        return Failure(
            "submission",
            f"stopped: more than {limits.processes:,} processes and threads",
            _PROCESS_ADVICE,
        )
    if usage.memory_bytes > limits.memory_bytes:
        return out_of_memory(limits)
    if usage.disk_bytes > limits.disk_bytes:
        return Failure(
            "submission", f"stopped: wrote more than {_size(limits.disk_bytes)}", _DISK_ADVICE
        )
    if usage.files > limits.files:
        return Failure(
            "submission", f"stopped: wrote more than {limits.files:,} files", _DISK_ADVICE
        )
    if usage.seconds > limits.seconds:
        return Failure(
            "timeout", f"stopped at the time limit of {_duration(limits.seconds)}", _TIME_ADVICE
        )
    return None


def out_of_memory(limits: Limits) -> Failure:
    """Said by the watch, and when the kernel was faster."""
    return Failure(
        "out_of_memory",
        f"stopped: used more than {_size(limits.memory_bytes)} of memory",
        _MEMORY_ADVICE,
    )


def _size(count: int) -> str:
    if count < 10**9:
        return f"{count / 10**6:.3g} MB"
    return f"{count / 10**9:.4g} GB"


def _duration(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 3600 else f"{seconds / 3600:.3g} h"  # noqa: PLR2004 - an hour
