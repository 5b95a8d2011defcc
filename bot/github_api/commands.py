"""A command on a pull request, as GitHub has it: the facts that decide on it, and the deeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.commanding.answer import own_answers
from bot.commanding.command import Command, Word
from bot.commanding.config_facts import config_facts
from bot.commanding.decide import configs_to_read
from bot.commanding.facts import CommandFacts, ConfigFacts
from bot.commanding.operations import (
    Answer,
    CancelRun,
    CommandOperation,
    Dispatch,
    RemoveLabel,
    Say,
)
from bot.commanding.runs import EvaluationRun
from bot.conversation.facts import Comment, PullFacts, is_of, own_comments
from bot.conversation.news import News
from bot.conversation.subject import Subject
from bot.conversation.update import update
from bot.conversation.wanted import Source
from bot.github_api import conversation_shapes as shapes
from bot.github_api.asked import Asked, CannotFollowCommand, WrittenComment, written
from bot.github_api.configs import config_files
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation import GithubConversation, WritesAsAnother
from bot.github_api.history import earlier_command, submitted_configs
from bot.github_api.people import may_command
from bot.github_api.runs import GithubRuns
from bot.service_settings import run_url_of
from schemas.settings import PublishOn

Result = TypeVar("Result")
Made = TypeVar("Made", Comment, EvaluationRun)

_PULLS = "pull-requests: write"
_NOT_FOUND = 404


@dataclass(frozen=True)
class Board:
    """`repository` is `owner/name`, `login` the account the bot writes as, `hub_url` where links to the Hub lead."""

    repository: str
    login: str
    hub_url: str
    publish_on: PublishOn = "merged"


class GithubCommands:
    """What a command meets on GitHub, and what is done about it."""

    def __init__(self, connection: GithubConnection, board: Board, asked: Asked) -> None:
        self._connection = connection
        self._board = board
        self._asked = asked
        self._runs = GithubRuns(connection, board.repository)
        self._repository = connection.api.get_repo(board.repository)
        self._issue = self._repository.get_issue(asked.asking.pull)
        self._made_runs: list[EvaluationRun] = []
        self._made_answers: list[Comment] = []

    def load(self) -> CommandFacts:
        """What GitHub has now, with what was just added: a list may not show that for some seconds.

        Raises:
            CommandError: it may not be read, or there is no answer within the policy's tries.
        """
        asking, command, board = self._asked.asking, self._asked.command, self._board
        pull, opened = self._read(f"read pull request {asking.pull}", self._pull)
        listed = self._read("read the comments", self._comments)
        comments = _with_made([one.comment for one in listed], self._made_answers)
        facts = CommandFacts(
            asking,
            may_command(self._connection, board.repository, asking.by),
            pull,
            own_comments(comments, board.login),
            own_answers(comments, board.login),
            publish_on=board.publish_on,
        )
        if facts.answered or not facts.may or not _looks_at_runs(self._asked):
            return facts
        runs = _with_made(self._runs.evaluations(asking.pull, opened), self._made_runs)
        facts = replace(facts, runs=tuple(sorted(runs, key=lambda run: run.id, reverse=True)))
        if _retries(self._asked):
            facts = self._with_history(facts, listed)
        paths = configs_to_read(facts, command)
        return replace(facts, configs={path: self._config(pull.head_sha, path) for path in paths})

    def apply(self, operation: CommandOperation) -> None:
        """Do one thing.

        Raises:
            MaybeApplied: the answer of a write that adds something got lost; look again.
            WritesAsAnother: the token is of another account than `login`.
            CommandError: the token may not do it, or there is no answer within the policy's tries.
        """
        match operation:
            case Dispatch(workflow, inputs):
                run = self._runs.dispatch(workflow, inputs)
                if run is not None and operation.starts_an_evaluation:
                    self._made_runs.append(_made_run(run, operation, self._asked.asking.at))
            case CancelRun(number):
                self._runs.cancel(number)
            case Say(news):
                self._say(news)
            case Answer(body):
                self._answer(body)
            case RemoveLabel(name):
                self._remove_label(name)

    def _pull(self) -> tuple[PullFacts, datetime]:
        pull = self._repository.get_pull(self._asked.asking.pull).complete()
        return shapes.pull_facts(pull), pull.created_at

    def _comments(self) -> list[WrittenComment]:
        return [written(comment) for comment in self._issue.get_comments()]

    def _with_history(self, facts: CommandFacts, comments: list[WrittenComment]) -> CommandFacts:
        connection, repository, asking = self._connection, self._board.repository, facts.asking
        earlier = earlier_command(
            comments, asking, lambda login: may_command(connection, repository, login)
        )
        configs = submitted_configs(connection, repository, asking.pull)
        return replace(facts, earlier=earlier, submitted=configs)

    def _config(self, sha: str, path: str) -> ConfigFacts:
        command = self._asked.command
        with_tasks = isinstance(command, Command) and bool(command.tasks)
        files = config_files(
            self._connection, self._board.repository, sha, path, with_tasks=with_tasks
        )
        return config_facts(path, files)

    def _say(self, news: News) -> None:
        board = self._board
        conversation = GithubConversation(
            self._connection, board.repository, news.subject, board.login
        )
        source = Source(run_url_of(board.repository, news.run), board.hub_url)
        update(conversation, news, source, self._connection.retrying, lambda: datetime.now(UTC))

    def _answer(self, body: str) -> None:
        try:
            made = self._connection.add(
                lambda: shapes.as_described(
                    lambda: shapes.comment(self._issue.create_comment(body))
                )
            )
        except GithubRefused as error:
            raise CannotFollowCommand("answer", _PULLS, error) from error
        if not is_of(made, self._board.login):
            raise WritesAsAnother(made.author, self._board.login)
        self._made_answers.append(made)

    def _remove_label(self, name: str) -> None:
        try:
            self._connection.repeat(lambda: self._issue.remove_from_labels(name))
        except GithubRefused as error:
            if error.status != _NOT_FOUND:
                raise CannotFollowCommand("remove a label", _PULLS, error) from error

    def _read(self, doing: str, call: Callable[[], Result]) -> Result:
        try:
            return self._connection.read(lambda: shapes.as_described(call))
        except GithubRefused as error:
            raise CannotFollowCommand(doing, _PULLS, error) from error


def _looks_at_runs(asked: Asked) -> bool:
    """What is misunderstood, edited or asks for help is answered without a look at anything else."""
    command = asked.command
    return (
        isinstance(command, Command) and command.word is not Word.HELP and not asked.asking.edited
    )


def _retries(asked: Asked) -> bool:
    return isinstance(asked.command, Command) and asked.command.word is Word.RETRY


def _made_run(number: int, dispatch: Dispatch, asked_at: datetime) -> EvaluationRun:
    """As the list will show it; its own clock may be behind GitHub's."""
    inputs, now = dispatch.inputs, max(datetime.now(UTC), asked_at)
    subject = Subject(int(inputs["pull"]), inputs["sha"], inputs["config"])
    return EvaluationRun(number, subject, inputs["digest"], now, now)


def _with_made(listed: list[Made], made: list[Made]) -> list[Made]:
    shown_ids = {one.id for one in listed}
    return listed + [one for one in made if one.id not in shown_ids]
