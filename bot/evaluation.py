"""Start the runner as a subprocess and pick up what it leaves: its report and the model's own card."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.card.readme import MAX_BYTES
from bot.report import Report, read_report
from schemas.errors import CommandError, ExitCode


class CannotStartRunner(CommandError):
    """`mteb-runner` is not installed beside the bot."""

    exit_code = ExitCode.INFRASTRUCTURE


class RunnerStopped(CommandError):
    """The runner ended without a report; it has said why on its own."""


@dataclass(frozen=True)
class Evaluated:
    """A finished run: its exit code, its report, and the model's README as the runner found it."""

    code: ExitCode
    report: Report
    readme: bytes | None


def evaluate(arguments: Sequence[str], output: Path) -> Evaluated:
    """Run `mteb-runner evaluate` with `arguments` into `output`, its progress on our stderr.

    Raises:
        CannotStartRunner: it is not installed.
        RunnerStopped: it ended without a report, or was interrupted.
        CannotReadReport: its report breaks the schema.
    """
    command = [_runner(), "evaluate", *arguments, "--output", str(output)]
    code = _wait(command)
    if code == ExitCode.INTERRUPTED:
        raise _stopped("interrupted; the same command goes on where it was", code)
    if code not in {ExitCode.OK, ExitCode.SUBMISSION, ExitCode.INFRASTRUCTURE}:
        raise _stopped("the runner could not start this evaluation; its message stands above", code)
    if not (output / "report.json").exists():
        raise _stopped("the runner left no report; its message stands above", code)
    return Evaluated(ExitCode(code), read_report(output / "report.json"), _readme(output))


def _wait(command: Sequence[str]) -> int:
    """Leave Ctrl-C to the runner, which gets it too, writes its report and ends."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocess.Popen(  # noqa: S603 - our own program, arguments as a list
            command,
            preexec_fn=lambda: signal.signal(signal.SIGINT, before),  # noqa: PLW1509
        ) as process:
            return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def _runner() -> str:
    beside = Path(sys.executable).with_name("mteb-runner")
    found = str(beside) if beside.exists() else shutil.which("mteb-runner")
    if found is None:
        raise CannotStartRunner(
            "`mteb-runner` is not installed here",
            "install the package with its runner: pip install '.[runner]' (or `make setup`)",
        )
    return found


def _readme(output: Path) -> bytes | None:
    """The README, or its beginning where it is too large: the card writer then refuses it."""
    path = output / "model-card.md"
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _stopped(message: str, code: int) -> RunnerStopped:
    stopped = RunnerStopped(message)
    known = code in set(ExitCode)
    stopped.exit_code = ExitCode(code) if known else ExitCode.INFRASTRUCTURE
    return stopped
