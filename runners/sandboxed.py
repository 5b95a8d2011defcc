"""`prefetch` and `evaluate --sandbox` from outside: start the same command inside, then tell what came of it."""

import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runners.failures import Failure
from runners.interruption import undisturbed
from runners.left_behind import report_left, report_so_far, unmeasured
from runners.planned import PlannedRun
from runners.prefetched import WHOLE, CannotReadPrefetched, open_prefetched, write_outcome
from runners.report import errors_in, exit_code, write_report
from runners.sandbox.folder import EVALUATION, PREFETCH, lent, make_readable
from runners.sandbox.limits import Limits
from runners.sandbox.machine import prepare_gpu
from runners.sandbox.output import PREFIX
from runners.sandbox.profiles import OUTPUT, Place, bringing, evaluating
from runners.sandbox.supervisor import CannotStartSandbox, run_inside
from schemas.errors import ExitCode

_PLAN, _ROOT, _PREFETCHED = "/plan.json", "/submission", "/prefetched"
_TRIES = 3


@dataclass(frozen=True)
class SandboxedRun:
    """One shard in a sandbox. `made_by` names what makes it; `options` go to the inner command as they are."""

    run: PlannedRun
    output: Path
    made_by: str
    prefetched: Path | None = None
    options: tuple[str, ...] = ()

    @property
    def limits(self) -> Limits:
        """What the plan allows one shard."""
        allowed = self.run.plan.limits
        return Limits(
            seconds=allowed.seconds,
            memory_bytes=int(allowed.memory_gb * 10**9),
            disk_bytes=int(allowed.disk_gb * 10**9),
            processes=allowed.processes,
        )

    @property
    def places(self) -> tuple[Place, ...]:
        """What the inside is given: the plan, the submission, what was prefetched; one folder to write to."""
        given = [
            (self.run.plan_file, _PLAN),
            (self.run.root, _ROOT),
            (self.prefetched, _PREFETCHED),
        ]
        read = [Place(source, target) for source, target in given if source is not None]
        return (*read, Place(self.output, OUTPUT, writable=True))

    def command(self, name: str) -> list[str]:
        """The same command for inside."""
        words = [sys.executable, "-P", "-m", "runners", name, "--plan", _PLAN, "--root", _ROOT]
        words += ["--shard", str(self.run.shard.number), "--output", OUTPUT]
        if self.prefetched is not None:
            words += ["--prefetched", _PREFETCHED]
        return [*words, *self.options]


def prefetch_in_sandbox(asked: SandboxedRun) -> ExitCode:
    """Bring what the shard needs; the exit code is the inner command's, or tells why it was stopped."""
    with lent(asked.output, PREFETCH) as user:
        make_readable(asked.run.plan_file, asked.run.root)
        profile = bringing(asked.made_by, asked.places, asked.limits, user)
        ended = run_inside(profile, asked.command("prefetch"), asked.limits, _say)
    make_readable(asked.output)
    if ended.interrupted:
        return ExitCode.INTERRUPTED
    if ended.failure is not None:
        _say(f"FAILED ({ended.failure.kind}): {ended.failure.message}")
        write_outcome(asked.output, {WHOLE: ended.failure})
        submission = ended.failure.kind == "submission"
        return ExitCode.SUBMISSION if submission else ExitCode.INFRASTRUCTURE
    return _known(ended.code)


def evaluate_in_sandbox(asked: SandboxedRun) -> ExitCode:
    """Evaluate, again where our machine failed, and leave the report, whatever happened inside."""
    try:
        report = _evaluated(asked)
    except (CannotReadPrefetched, CannotStartSandbox) as error:
        report = unmeasured(asked.run, Failure("infrastructure", error.message), interrupted=False)
    except KeyboardInterrupt:
        report = report_so_far(asked.output, asked.run, None, interrupted=True)
    with undisturbed():
        report["provenance"]["sandbox"] = asked.made_by
        write_report(asked.output / "report.json", report)
    return exit_code(report)


def _evaluated(asked: SandboxedRun) -> dict[str, Any]:
    """The report after the last try; what is finished is not measured again."""
    prepare_gpu()
    with lent(asked.output, EVALUATION):
        (asked.output / "report.json").unlink(missing_ok=True)  # never another run's
    if asked.prefetched is not None:
        reason = open_prefetched(asked.prefetched).failures.get(WHOLE)
        if reason is not None:
            return unmeasured(asked.run, reason, interrupted=False)
    began = time.monotonic()
    tried: list[dict[str, Any]] = []
    while True:
        left = asked.limits.seconds - (time.monotonic() - began)
        report = _once(asked, replace(asked.limits, seconds=max(left, 1.0)))
        tried.append(report)
        if not worth_another_try([_errors(each) for each in tried]):
            return report
        _say("this machine failed, not the submission: trying again what is not finished")


def _once(asked: SandboxedRun, limits: Limits) -> dict[str, Any]:
    said = _Said()
    with lent(asked.output, EVALUATION) as user:
        (asked.output / "report.json").unlink(missing_ok=True)
        make_readable(asked.run.plan_file, asked.run.root)
        profile = evaluating(asked.made_by, asked.places, limits, user)
        ended = run_inside(profile, asked.command("evaluate"), limits, said.line)
    if ended.failure is not None:
        _say(f"FAILED ({ended.failure.kind}): {ended.failure.message}")
    if ended.failure is not None or ended.interrupted:
        return report_so_far(asked.output, asked.run, ended.failure, interrupted=ended.interrupted)
    report = report_left(asked.output, asked.run)
    if report is not None:
        return report
    missing = Failure(
        "infrastructure",
        f"the evaluation ended (exit {ended.code}) without its report: {said.at_last()}",
    )
    return report_so_far(asked.output, asked.run, missing, interrupted=False)


def worth_another_try(errors: Sequence[Sequence[tuple[str, str]]]) -> bool:
    """Whether the last of some tries failed for our machine's reasons, and not as the one before it did.

    Args:
        errors: of each try, (kind, message) of all that failed.
    """
    last = errors[-1]
    ours = any(kind == "infrastructure" for kind, _ in last)
    stopped = any(kind in {"timeout", "out_of_memory"} for kind, _ in last)
    again = len(errors) > 1 and last == errors[-2]
    return ours and not stopped and not again and len(errors) < _TRIES


def _errors(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(error["kind"], error["message"]) for error in errors_in(report)]


def _known(code: int | None) -> ExitCode:
    try:
        return ExitCode(code if code is not None else ExitCode.INFRASTRUCTURE)
    except ValueError:
        return ExitCode.INFRASTRUCTURE


class _Said:
    """Shows what the inside prints, and keeps the last of it."""

    def __init__(self) -> None:
        self._last: deque[str] = deque(maxlen=5)

    def line(self, line: str) -> None:
        self._last.append(line.removeprefix(PREFIX))
        _say(line)

    def at_last(self) -> str:
        """What it said before it ended."""
        return " / ".join(self._last)[-1500:] or "it said nothing"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
