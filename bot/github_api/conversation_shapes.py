"""PyGithub's objects as the facts of a conversation, and its wishes as GitHub's fields."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from github.CheckRun import CheckRun
from github.CheckRunAnnotation import CheckRunAnnotation
from github.GithubException import BadAttributeException
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest

from bot.conversation.annotations import Annotation
from bot.conversation.facts import Comment, OwnCheck, PullFacts
from bot.conversation.operations import CheckOutput
from bot.conversation.subject import is_sha

Answer = TypeVar("Answer")


def as_described(call: Callable[[], Answer]) -> Answer:
    """Make a call whose answer may have another shape than GitHub's, as a proxy gives it.

    Raises:
        ValueError: it has; to the connection that is no answer, and the call is repeated.
    """
    try:
        return call()
    except (AssertionError, AttributeError, BadAttributeException, KeyError, TypeError) as error:
        raise ValueError("an answer of another shape") from error


def pull_facts(pull: PullRequest) -> PullFacts:
    """A loaded pull request."""
    sha = _text(pull.head.sha)
    if not is_sha(sha):
        raise ValueError("a commit without its SHA")
    labels = tuple(_text(label.name) for label in pull.labels)
    return PullFacts(pull.number, sha, _state(pull), labels)


def _state(pull: PullRequest) -> Literal["open", "closed", "merged"]:
    if pull.merged:
        return "merged"
    return "open" if _text(pull.state) == "open" else "closed"


def comment(found: IssueComment) -> Comment:
    """Anybody's comment; its author is empty where the account is gone."""
    author = found.user.login if found.user else None
    updated = found.updated_at or datetime.fromtimestamp(0, UTC)
    return Comment(found.id, found.node_id, author or "", found.body or "", updated)


def own_checks(runs: Iterable[CheckRun], config: str, login: str) -> list[OwnCheck]:
    """The runs that the app `login` made for `config`."""
    return [
        _own_check(run)
        for run in runs
        if run.external_id == config and _app_login(run) == login.casefold()
    ]


def made_check(run: CheckRun) -> tuple[str, OwnCheck]:
    """A run that was just created, after the login of the app that made it."""
    return _app_login(run), _own_check(run)


def _app_login(run: CheckRun) -> str:
    return f"{run.app.slug}[bot]".casefold() if run.app else ""


def _own_check(run: CheckRun) -> OwnCheck:
    return OwnCheck(
        run.id,
        _text(run.status),
        run.conclusion,
        run.output.title or "",
        run.output.summary or "",
        run.output.annotations_count or 0,
    )


def check_fields(output: CheckOutput) -> dict[str, Any]:
    """What a check run is created or updated with, its name and commit aside."""
    shown: dict[str, Any] = {"title": output.title, "summary": output.summary}
    if output.annotations:
        shown["annotations"] = [_annotation(one) for one in output.annotations]
    optional = {"conclusion": output.conclusion, "details_url": output.details_url}
    given = {name: value for name, value in optional.items() if value is not None}
    return {"status": output.status, "output": shown, **given}


def _annotation(annotation: Annotation) -> dict[str, str | int]:
    return {
        "path": annotation.path,
        "start_line": annotation.line,
        "end_line": annotation.line,
        "start_column": annotation.column,
        "end_column": annotation.column,
        "annotation_level": annotation.level,
        "title": annotation.title,
        "message": annotation.message,
    }


def marked(found: CheckRunAnnotation) -> dict[str, Any]:
    """An annotation of ours, to be written once more."""
    fields = {
        "path": found.path,
        "start_line": found.start_line,
        "end_line": found.end_line,
        "start_column": found.start_column,
        "end_column": found.end_column,
        "annotation_level": found.annotation_level,
        "title": found.title,
        "message": found.message,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text where there must be some")
    return value
