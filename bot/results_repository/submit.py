"""Bring a results repository's pull request to what a candidate's results ask for."""

from dataclasses import dataclass

from bot.converge import converge
from bot.github_api.results_fork import ResultsFork
from bot.github_api.results_repository import ResultsRepository
from bot.results_repository.candidate import Candidate
from bot.results_repository.change import change_for, wanted_names
from bot.results_repository.checklist import SubmissionFacts
from bot.results_repository.decide import (
    CreateFork,
    EditPull,
    OpenPull,
    Operation,
    Push,
    Standing,
    decide,
    state_after,
)
from bot.results_repository.outcome import Outcome
from bot.results_repository.pull_text import block, commit_message, new_body, title
from schemas.mteb_index import MtebIndex


@dataclass(frozen=True)
class Submission:
    """One candidate on its way into one results repository."""

    repository: ResultsRepository
    candidate: Candidate
    facts: SubmissionFacts
    index: MtebIndex

    def load(self) -> Standing:
        """How things stand: the pull requests first, so that one merged meanwhile is not opened again."""
        there, candidate = self.repository, self.candidate
        pulls = there.pulls()
        shelf = there.shelf(candidate.model, candidate.revision, wanted_names(candidate))
        change = change_for(candidate, shelf, self.index)
        if not change.files:
            return Standing(shelf, change, pulls)
        branch = there.own_branch()
        text = block(candidate, change, self.facts)
        standing = Standing(shelf, change, pulls, branch, text=text)
        if standing.open_pull or not decide(standing):
            return standing
        has_fork = branch is not None or there.has_fork()
        new_text = new_body(there.template(shelf.commit), text, self.facts)
        return Standing(shelf, change, pulls, branch, has_fork, text, new_text)

    def apply(self, operation: Operation) -> None:
        """Do one operation."""
        fork = ResultsFork(self.repository)
        match operation:
            case CreateFork(commit):
                fork.create(commit)
            case Push(shelf, change, replaces):
                message = commit_message(self.candidate, change)
                fork.push(shelf, change.files, message, create=replaces is None)
            case OpenPull(body):
                fork.open_pull(title(self.candidate.model), body)
            case EditPull(number, body):
                fork.edit_pull(number, body)

    def outcome(self, before: Standing, after: Standing) -> Outcome:
        """What was achieved between two looks."""
        pull = after.open_pull or after.last_pull
        return Outcome(
            self.candidate.model,
            self.candidate.revision,
            self.repository.name,
            pull.number if pull else None,
            state_after(before, after),
            after.change,
        )


def submit(submission: Submission) -> Outcome:
    """Open the pull request, or bring it up to date.

    Raises:
        CannotReachResultsRepository: repository, branch or fork are not as they should be.
        CannotWriteToFork: the token may not do this.
        ServiceAtFault: GitHub does not answer.
    """
    seen: list[Standing] = []

    def load() -> Standing:
        seen.append(submission.load())
        return seen[-1]

    after = converge(
        load,
        decide,
        submission.apply,
        adds=_settles_only_when_seen,
        retrying=submission.repository.connection.retrying,
    )
    return submission.outcome(seen[0], after)


def planned(submission: Submission) -> tuple[list[Operation], Outcome]:
    """What `submit` would do, without doing it."""
    standing = submission.load()
    return decide(standing), submission.outcome(standing, standing)


def _settles_only_when_seen(_: Operation) -> bool:
    """Look again after every change: the outcome tells what is there, not what was tried."""
    return True
