"""Why training data are refused: each with the place in the file, many of a kind in one message."""

from runners.failures import Failure, Kind
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown

_TOLD = 5  # how many of many rows are named
_KINDS: dict[ExitCode, Kind] = {ExitCode.SUBMISSION: "submission", ExitCode.USAGE: "submission"}


class UnusableTrainingData(CommandError):
    """Rows, columns or labels with which nobody can train."""

    exit_code = ExitCode.SUBMISSION


def as_failure(error: CommandError) -> Failure:
    """The refusal as an error of a report."""
    return Failure(_KINDS.get(error.exit_code, "infrastructure"), error.message, error.fix)


class RowProblems:
    """Counts rows that are wrong; the first few are told."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._count = 0

    def add(self, place: str, what: str) -> None:
        """One row is wrong."""
        self._count += 1
        if len(self._first) < _TOLD:
            self._first.append(f"{place}: {shown(what, 200)}")

    def refuse(self, fix: str) -> None:
        """End here if any row was wrong.

        Raises:
            UnusableTrainingData: naming the first rows, and how many there are.
        """
        if not self._count:
            return
        rows = "1 row" if self._count == 1 else f"{self._count:,} rows"
        more = self._count - len(self._first)
        told = "; ".join(self._first) + (f"; and {more:,} more" if more else "")
        raise UnusableTrainingData(f"{rows} cannot be trained on: {told}", fix)
