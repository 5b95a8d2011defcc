"""The bot's pull requests in one model's repository: looked at, opened, changed, closed.

Main is only read, but for an empty one that tuned weights go to.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.card.card import README
from bot.card.readme import MAX_BYTES
from bot.hub_api.commits import commit_to_main, commit_to_pull, open_pull
from bot.hub_api.connection import HubConnection, HubRefused
from bot.hub_api.information import information
from bot.hub_api.own_pulls import own_pulls
from bot.hub_api.pull_branch import Look, PullBranch
from bot.preflight.facts import Access
from bot.publication.facts import HubFacts
from bot.publication.operations import (
    ClosePull,
    CommitToMain,
    CommitToPull,
    CreateRepository,
    EditDescription,
    MergeMain,
    OpenPull,
    Operation,
)
from bot.retry import MaybeApplied, Trouble
from bot.tuned_weights.destination import Destination
from schemas.errors import CommandError, ExitCode

# What the Hub answers where another was quicker: it is closed already, or the head is another one.
_OVERTAKEN = {(ClosePull, 400), (CommitToPull, 412), (CommitToMain, 412)}
_NOT_ALLOWED = {401, 403, 404}
_ALLOW = "let the token in HF_TOKEN take part in discussions and pull requests there"
_CREATE = "let the token in HF_TOKEN write to repositories of that user or organisation"
_LOOK = "change what the Hub objects to in the model's repository, and run again"


class CannotReadModel(CommandError):
    """The model's repository is missing, or not open to the bot."""

    exit_code = ExitCode.SUBMISSION


class CannotOpenHubPullRequest(CommandError):
    """The Hub does not let the bot open a pull request."""


class CannotUpdateHubPullRequest(CommandError):
    """The Hub does not let the bot change its pull request."""


class CannotCreateRepository(CommandError):
    """The Hub does not let the bot create the repository of a tuned model, or put the model into it."""


class PullRequests:
    """What `load` finds and `apply` changes. `folder` is empty at first, and git's from then on.

    `destination` is where the model's own weights go, which may be a repository that is yet to be created.
    """

    def __init__(
        self,
        hub: HubConnection,
        model: str,
        folder: Path,
        destination: Destination | None = None,
    ) -> None:
        self._hub = hub
        self._model = model
        self._destination = destination
        self._created = False
        self._branch = PullBranch(hub, model, folder, weights=destination is not None)
        self._readmes: dict[str, bytes | None] = {}

    @cached_property
    def user(self) -> str:
        """Who the bot is on the Hub.

        Raises:
            HubRefused: the Hub does not know the token.
        """
        return str(self._hub.read(self._hub.api.whoami)["name"])

    def load(self) -> HubFacts:
        """Look at the bot's pull requests, then at main and the branch of the first open one.

        Raises:
            CannotReadModel: the repository is missing, gated or private, or takes no pull requests.
            HubRefused, ServiceAtFault, CannotRunGit: the Hub or git fails.
        """
        user, found = self.user, self._found()
        if found is None:
            return HubFacts("", {}, None, exists=False)
        try:
            pulls = own_pulls(self._hub, self._model, user)
            opened = (pull.number for pull in pulls if pull.status == "open")
            look = self._branch.look(next(opened, None))
            readme = self._readme(_written_into(look))
        except HubRefused as error:
            raise CannotReadModel(
                f"{self._model} cannot be read on the Hub: {error.message}",
                "the repository must exist under this name, be public or one that the token may read, and take pull requests: see its settings there",
            ) from error
        return HubFacts(
            look.main,
            look.main_files,
            readme,
            pulls,
            look.branch,
            is_new=look.is_new,
            private=bool(found.get("private")),
        )

    def apply(self, operation: Operation) -> None:
        """Do one thing.

        Raises:
            MaybeApplied: the answer got lost, or the Hub moved on: look again.
            CannotOpenHubPullRequest, CannotUpdateHubPullRequest, MetadataRefused: the Hub says no.
            ServiceAtFault, CannotRunGit: the Hub or git fails.
        """
        try:
            self._apply(operation)
        except HubRefused as error:
            if (type(operation), error.status) in _OVERTAKEN:
                trouble = Trouble("somebody changed it meanwhile", maybe_applied=True)
                raise MaybeApplied(trouble) from error
            if isinstance(operation, CreateRepository | CommitToMain):
                raise CannotCreateRepository(
                    f"no repository {self._model}: {error.message}", _CREATE
                ) from error
            opens = isinstance(operation, OpenPull)
            failure = CannotOpenHubPullRequest if opens else CannotUpdateHubPullRequest
            raise failure(
                f"no pull request on {self._model}: {error.message}",
                _ALLOW if error.status in _NOT_ALLOWED else _LOOK,
            ) from error

    def _found(self) -> Mapping[str, Any] | None:
        """What the Hub says of the repository; None where it is yet to be created."""
        if self._destination is None:
            return {}
        found = information(self._hub, "models", self._model, None, expand=["private"])
        if not isinstance(found, Access):
            return found
        creates = self._destination.to == "new-repository" and not self._created
        return None if found is Access.MISSING and creates else {}

    def _apply(self, operation: Operation) -> None:
        api, model = self._hub.api, self._model
        match operation:
            case CreateRepository(private):
                self._hub.repeat(lambda: api.create_repo(model, private=private, exist_ok=True))
                self._created = True
            case CommitToMain():
                commit_to_main(self._hub, model, operation)
            case OpenPull():
                open_pull(self._hub, model, operation)
            case MergeMain():
                self._branch.merge_main(operation, self.user)
            case CommitToPull():
                commit_to_pull(self._hub, model, operation)
            case EditDescription(pull, comment, text):
                self._hub.repeat(lambda: api.edit_discussion_comment(model, pull, comment, text))
            case ClosePull(pull):
                self._hub.add(lambda: api.change_discussion_status(model, pull, "closed"))

    def _readme(self, commit: str) -> bytes | None:
        if commit not in self._readmes:
            content = self._hub.read_file(self._model, commit, README, MAX_BYTES)
            self._readmes[commit] = content
        return self._readmes[commit]


def _written_into(look: Look) -> str:
    """The commit whose README the card is written into."""
    if look.branch and README in look.branch.by_others:
        return look.branch.head
    return look.main
