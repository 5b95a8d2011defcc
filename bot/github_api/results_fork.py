"""Write to the bot's fork of a results repository through GitHub's Git data API, and open the pull request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from github import GithubException

from bot.github_api.connection import GithubRefused
from bot.github_api.git_objects import GitObjects
from bot.github_api.results_repository import CannotReachResultsRepository, ResultsRepository
from bot.results_repository.change import Shelf
from bot.results_repository.pull_text import signed
from bot.retry import MaybeApplied, Trouble
from schemas.errors import CommandError
from schemas.problem import shown

_UNPROCESSABLE = 422
_LOOKS_AT_A_NEW_FORK = 15  # about five minutes: what GitHub says a fork may take


class CannotWriteToFork(CommandError):
    """The token may not fork, push or open a pull request."""


@dataclass(frozen=True)
class ResultsFork:
    """The fork that a ResultsRepository names, to write to."""

    repository: ResultsRepository

    def create(self, commit: str) -> None:
        """Fork the repository, and wait until the fork knows `commit`: GitHub forks in the background."""
        names, api = self.repository, self.repository.connection.api
        owner, _, name = names.fork.partition("/")
        user = names.connection.read(lambda: api.get_user().login)
        options: dict[str, Any] = {"name": name, "default_branch_only": True}
        if owner.lower() != user.lower():
            options["organization"] = owner
        made = self._set(
            lambda: names.there.create_fork(**options), f"fork {names.name} to {owner}"
        )
        if made.full_name.lower() != names.fork.lower():
            raise CannotReachResultsRepository(
                f"{owner} has a fork of {names.name} already, called {made.full_name}",
                f"name it with --fork {made.full_name}",
            )
        self._wait_for(commit)

    def push(self, shelf: Shelf, files: Mapping[str, bytes], message: str, *, create: bool) -> None:
        """Commit `files` on top of the base under a signed `message`, and let the bot's branch point there and nowhere else.

        Git objects have the name of their content: writing them twice changes nothing.

        Raises:
            MaybeApplied: the branch was to be created, and the answer got lost.
        """
        fork, branch = self.repository.ours, self.repository.branch
        doing = f"write to {self.repository.fork}"
        git = GitObjects(fork, lambda call: self._set(call, doing))
        tree = git.tree(shelf.tree, files)
        commit = git.commit(signed(message, tree), tree, shelf.commit)
        if create:
            self._add(lambda: fork.create_git_ref(f"refs/heads/{branch}", commit), doing)
        else:
            git.move(branch, commit, force=True)

    def open_pull(self, title: str, body: str) -> None:
        """Open the pull request.

        Raises:
            MaybeApplied: the answer got lost, or somebody opened it just now.
        """
        names = self.repository
        owner, _, name = names.fork.partition("/")
        options: dict[str, Any] = {"title": title, "body": body}
        if owner.lower() == names.name.partition("/")[0].lower() and not names.is_own_fork:
            options["head_repo"] = name
        self._add(
            lambda: names.there.create_pull(names.base, f"{owner}:{names.branch}", **options),
            f"open a pull request in {names.name}",
        )

    def edit_pull(self, number: int, body: str) -> None:
        """Replace the pull request's text."""
        pull = self.repository.there.get_pull(number)
        self._set(lambda: pull.edit(body=body), f"edit #{number} of {self.repository.name}")

    def _wait_for(self, commit: str) -> None:
        names, retrying = self.repository, self.repository.connection.retrying
        patient = replace(retrying.policy, attempts=_LOOKS_AT_A_NEW_FORK)
        trouble = Trouble("the new fork is not ready", maybe_applied=False)
        attempt = 1
        while names.optional(lambda: names.ours.get_git_commit(commit)) is None:
            attempt += 1
            wait = patient.wait_before(attempt, trouble, retrying.jitter())
            if wait is None:
                raise retrying.given_up(trouble, attempt - 1)
            retrying.sleep(wait)

    def _set(self, call: Callable[[], Any], doing: str) -> Any:
        try:
            return self.repository.connection.repeat(call)
        except GithubRefused as error:
            raise _not_allowed(error, doing) from error

    def _add(self, call: Callable[[], object], doing: str) -> None:
        try:
            self.repository.connection.add(call)
        except GithubRefused as error:
            if error.status == _UNPROCESSABLE and "already exists" in _details(error):
                raise MaybeApplied(Trouble(f"cannot {doing} twice", maybe_applied=True)) from error
            raise _not_allowed(error, doing) from error


def _not_allowed(error: GithubRefused, doing: str) -> CannotWriteToFork:
    details = _details(error)
    return CannotWriteToFork(
        f"cannot {doing}: {error.message}" + (f" ({shown(details, 300)})" if details else ""),
        "GITHUB_TOKEN must be a personal access token (classic, scopes `public_repo` and `workflow`: "
        "without the latter GitHub answers 404 once the base has workflows that the fork has not) of "
        "the account that owns the fork; the token of a workflow cannot leave its own repository",
    )


def _details(error: GithubRefused) -> str:
    """What GitHub says beside "Validation Failed": the message of each error, or its code."""
    cause = error.__cause__
    data = cause.data if isinstance(cause, GithubException) else None
    said = data.get("errors") if isinstance(data, dict) else None
    each = [e.get("message") or e.get("code") if isinstance(e, dict) else e for e in said or ()]
    about = each or ([data.get("message")] if isinstance(data, dict) else [])
    return "; ".join(text for text in about if isinstance(text, str))
