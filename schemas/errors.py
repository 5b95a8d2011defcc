"""Exit codes of every command, the whole list."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status says."""

    OK = 0
    SUBMISSION = 1  # the submission is at fault: config, model or data
    USAGE = 2  # the command line is wrong
    INFRASTRUCTURE = 3  # our machine is at fault: disk, memory, missing package, time limit
    SERVICE = 4  # an outside service is at fault: the Hub or GitHub
    INTERRUPTED = 130  # Ctrl-C, as shells count it


class CommandError(Exception):
    """A command cannot do what was asked: what happened, what to do next, and whose turn it is."""

    exit_code: ExitCode = ExitCode.INFRASTRUCTURE

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}\n  fix: {self.fix}" if self.fix else self.message


class UsageError(CommandError):
    """The command line asks for something that does not exist or contradicts itself."""

    exit_code = ExitCode.USAGE
