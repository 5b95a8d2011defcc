"""Bring the board to hold what was accepted: each evaluation is collected anew, and held against what was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.acceptance.candidates import Candidate, MergedPull
from bot.acceptance.change import Accepted, BoardFacts, CommitResults, decide
from bot.artifacts.gathering import Gathered
from bot.converge import converge
from bot.conversation.subject import Subject
from bot.results_repository.layout import revision_folder
from bot.retry import Retrying
from schemas.errors import CommandError


class CannotAccept(CommandError):
    """What a comment tells of is not what its run left, or cannot be had any more."""


class Board(Protocol):
    """The default branch."""

    def load(self, folders: Sequence[str]) -> BoardFacts:
        """What it holds in these folders."""
        ...

    def apply(self, operation: CommitResults) -> None:
        """Move it on. Raises MaybeApplied where others were faster."""
        ...


@dataclass(frozen=True)
class Acceptance:
    """A pull request, and its evaluations whose results are accepted."""

    pull: int
    accepted: tuple[Accepted, ...]

    @property
    def folders(self) -> list[str]:
        """Where the results go."""
        return [revision_folder(one.model, one.revision) for one in self.accepted]


def accepted_from(pull: MergedPull, candidate: Candidate, gathered: Gathered) -> Accepted:
    """The results of a candidate's run.

    Raises:
        CannotAccept: it is not what the comment tells of.
    """
    collected, report = gathered.collected, gathered.found.report
    fix = "comment `/evaluate` on the pull request, then run this again"
    where = f"run {candidate.run}, of which the comment about {candidate.config} tells,"
    if collected.subject != Subject(pull.number, pull.head_sha, candidate.config):
        raise CannotAccept(f"{where} evaluated something else", "look at who edited the comment")
    if report is None or collected.state != "evaluated" or collected.smoke:
        state = "a smoke run" if collected.smoke else collected.state
        raise CannotAccept(f"{where} is {state} by what it left", fix)
    if gathered.report_digest != candidate.report:
        raise CannotAccept(f"{where} left another report than the comment shows", fix)
    files = {
        path: content for path, content in gathered.files.items() if path.startswith("results/")
    }
    model, revision = report["model"]["name"], report["model"]["revision"]
    return Accepted(candidate.config, model, revision, candidate.run, files)


def accept(board: Board, acceptance: Acceptance, retrying: Retrying) -> bool:
    """Commit what the board lacks, unless somebody else just did; whether anything was lacking.

    Raises:
        CommandError: GitHub does not let us, or the branch kept moving.
    """
    written: list[CommitResults] = []

    def apply(operation: CommitResults) -> None:
        board.apply(operation)
        written.append(operation)

    converge(
        lambda: board.load(acceptance.folders),
        lambda facts: decide(facts, acceptance.pull, acceptance.accepted),
        apply,
        adds=lambda _: True,  # others may have moved the branch: look whether all of it is there
        retrying=retrying,
    )
    return bool(written)
