"""The conversation of one pull request about one config, as GitHub has it: read the facts, apply operations."""

from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

from bot.conversation.annotations import MOST
from bot.conversation.facts import (
    Comment,
    ConversationFacts,
    OwnCheck,
    PullFacts,
    is_of,
    own_comments,
)
from bot.conversation.operations import (
    AddLabel,
    CheckOutput,
    CreateCheck,
    CreateComment,
    DeleteComment,
    EditComment,
    Minimise,
    Operation,
    RemoveLabel,
    Unminimise,
    UpdateCheck,
)
from bot.conversation.states import Label
from bot.conversation.subject import Subject
from bot.github_api import conversation_shapes as shapes
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.retry import MaybeApplied, Trouble
from schemas.errors import CommandError, UsageError
from schemas.problem import shown

Answer = TypeVar("Answer")
Made = TypeVar("Made", Comment, OwnCheck)

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _UNPROCESSABLE = 401, 403, 404, 422
_EXISTS = _UNPROCESSABLE
_PULLS, _CHECKS = "pull-requests: write", "checks: write"
_REPOSITORY_LABELS = "issues: write"  # pull-requests: write is enough for a label that exists


class CannotReport(CommandError):
    """GitHub does not let the bot read or write a part of the conversation; `fix` names the permission."""

    def __init__(self, doing: str, permission: str, refused: GithubRefused) -> None:
        fix = f"give the job `permissions: {permission}`, and check that the pull request exists"
        if refused.status == _UNAUTHORIZED:
            fix = "GITHUB_TOKEN is wrong or has expired: set one that is valid"
        elif refused.status == _FORBIDDEN and "is locked" in refused.message:
            fix = "unlock the conversation of the pull request, and run the same command again"
        elif refused.status == _UNPROCESSABLE and "No commit found" in refused.message:
            fix = "check that --sha is a commit of the pull request, in this repository"
        super().__init__(f"cannot {doing}: {refused.message}", fix)
        self.status = refused.status


class WritesAsAnother(UsageError):
    """The token's account is not the one whose comments and check runs are looked for: nothing would be found again."""

    def __init__(self, writes_as: str, login: str) -> None:
        name = shown(writes_as or "a deleted account", 100)
        super().__init__(
            f"GITHUB_TOKEN writes as {name}, not as {shown(login, 100)}",
            f"give `--bot-login {name}`, and delete what was just said under that name",
        )


class GithubConversation:
    """`repository` is `owner/name`, `login` the account the bot writes as.

    A load takes three requests, and one more for every further 100 comments.
    """

    def __init__(
        self, connection: GithubConnection, repository: str, subject: Subject, login: str
    ) -> None:
        self._connection = connection
        self._subject = subject
        self._login = login
        self._made_comments: list[Comment] = []
        self._made_checks: list[OwnCheck] = []
        self._repository = connection.api.get_repo(repository)
        self._issue = self._repository.get_issue(subject.pull)
        self._requester = connection.api.requester

    def load(self) -> ConversationFacts:
        """What GitHub has now, with what was just added: a list may not show that for some seconds.

        Raises:
            CannotReport: it does not exist, or may not be read.
            ServiceAtFault: no answer within the policy's tries.
        """
        pull = self._read(f"read pull request {self._subject.pull}", _PULLS, self._pull)
        comments = self._read("read the comments", _PULLS, self._comments)
        checks = self._read("read the check runs", _CHECKS, self._checks)
        comments = _with_made(comments, self._made_comments)
        checks = _with_made(checks, self._made_checks)
        return ConversationFacts(pull, own_comments(comments, self._login), tuple(checks))

    def apply(self, operation: Operation) -> None:
        """Do one thing.

        Raises:
            MaybeApplied: the answer of a write that adds something got lost, or what was to be
                changed is gone; look again.
            CannotReport: the token may not do it.
            WritesAsAnother: the token is of another account than `login`.
            ServiceAtFault: no answer within the policy's tries.
        """
        match operation:
            case CreateComment(body):
                self._create_comment(body)
            case EditComment(comment, body):
                edit = self._issue.get_comment(comment).edit
                self._change("edit the comment", lambda: edit(body))
            case DeleteComment(comment):
                delete = self._issue.get_comment(comment).delete
                self._remove("delete a repeated comment", delete)
            case Minimise(node_id):
                self._change("minimise the comment", lambda: self._minimise(node_id))
            case Unminimise(node_id):
                self._change("show the comment again", lambda: self._unminimise(node_id))
            case CreateCheck(output, marked_as):
                self._create_check(output, marked_as)
            case UpdateCheck(run, output):
                update = self._repository.get_check_run(run).edit
                fields = shapes.check_fields(output)
                self._set("update the check run", _CHECKS, lambda: update(**fields))
            case AddLabel(label):
                self._add_label(label)
            case RemoveLabel(name):
                self._remove("remove a label", lambda: self._issue.remove_from_labels(name))

    def _pull(self) -> PullFacts:
        return shapes.pull_facts(self._repository.get_pull(self._subject.pull).complete())

    def _comments(self) -> list[Comment]:
        return [shapes.comment(comment) for comment in self._issue.get_comments()]

    def _checks(self) -> list[OwnCheck]:
        runs = self._repository.get_commit(self._subject.sha).get_check_runs(
            check_name=self._subject.check_name, filter="all"
        )
        return shapes.own_checks(runs, self._subject.config, self._login)

    def _create_comment(self, body: str) -> None:
        made = self._add(
            "comment", _PULLS, lambda: shapes.comment(self._issue.create_comment(body))
        )
        if not is_of(made, self._login):
            raise WritesAsAnother(made.author, self._login)
        self._made_comments.append(made)

    def _create_check(self, output: CheckOutput, marked_as: int | None) -> None:
        subject, fields = self._subject, shapes.check_fields(output)
        if marked_as is not None:
            fields["output"]["annotations"] = self._annotations(marked_as)
        create = self._repository.create_check_run
        author, made = self._add(
            "create the check run",
            _CHECKS,
            lambda: shapes.made_check(
                create(subject.check_name, subject.sha, external_id=subject.config, **fields)
            ),
        )
        if author != self._login.casefold():
            raise WritesAsAnother(author, self._login)
        self._made_checks.append(made)

    def _annotations(self, run: int) -> list[dict[str, Any]]:
        """What an earlier check run marked, as it was written."""
        listed = self._repository.get_check_run(run).get_annotations
        doing = "read the annotations of a check run"
        return self._read(
            doing, _CHECKS, lambda: [shapes.marked(one) for one in islice(listed(), MOST)]
        )

    def _add_label(self, label: Label) -> None:
        """GitHub would create a missing one too, in grey and without its description."""
        if not self._has_label(label.name):
            self._create_label(label)
        self._set("add a label", _PULLS, lambda: self._issue.add_to_labels(label.name))

    def _has_label(self, name: str) -> bool:
        try:
            self._read("read a label", _PULLS, lambda: self._repository.get_label(name).complete())
        except CannotReport as error:
            if error.status != _NOT_FOUND:
                raise
            return False
        return True

    def _create_label(self, label: Label) -> None:
        """Another bot may have been faster, or an answer got lost."""
        what = (label.name, label.colour, label.description)
        doing = f"create the label `{label.name}`"
        try:
            self._set(doing, _REPOSITORY_LABELS, lambda: self._repository.create_label(*what))
        except CannotReport as error:
            if error.status != _EXISTS:
                raise

    def _minimise(self, node_id: str) -> None:
        self._requester.graphql_named_mutation(
            "minimizeComment",
            {"subjectId": node_id, "classifier": "OUTDATED"},
            "minimizedComment { isMinimized }",
        )

    def _unminimise(self, node_id: str) -> None:
        self._requester.graphql_named_mutation(
            "unminimizeComment", {"subjectId": node_id}, "unminimizedComment { isMinimized }"
        )

    def _read(self, doing: str, permission: str, call: Callable[[], Answer]) -> Answer:
        try:
            return self._connection.read(lambda: shapes.as_described(call))
        except GithubRefused as error:
            raise CannotReport(doing, permission, error) from error

    def _add(self, doing: str, permission: str, call: Callable[[], Answer]) -> Answer:
        try:
            return self._connection.add(lambda: shapes.as_described(call))
        except GithubRefused as error:
            raise CannotReport(doing, permission, error) from error

    def _set(self, doing: str, permission: str, call: Callable[[], object]) -> None:
        try:
            self._connection.repeat(lambda: shapes.as_described(call))
        except GithubRefused as error:
            raise CannotReport(doing, permission, error) from error

    def _change(self, doing: str, call: Callable[[], object]) -> None:
        """Where the comment is gone meanwhile, all must be looked at again."""
        try:
            self._set(doing, _PULLS, call)
        except CannotReport as error:
            if error.status != _NOT_FOUND:
                raise
            self._made_comments.clear()
            raise MaybeApplied(Trouble(f"could not {doing}", maybe_applied=False)) from error

    def _remove(self, doing: str, call: Callable[[], object]) -> None:
        """What is gone already needs no removing."""
        try:
            self._set(doing, _PULLS, call)
        except CannotReport as error:
            if error.status != _NOT_FOUND:
                raise


def _with_made(listed: list[Made], made: list[Made]) -> list[Made]:
    """The list with what it lacks; what it has shown once is its own matter from then on."""
    shown_ids = {one.id for one in listed}
    made[:] = [one for one in made if one.id not in shown_ids]
    return sorted(listed + made, key=lambda one: one.id)
