"""Whether an evaluation may run, asked again when it starts: somebody may have pushed since, or a person have dispatched it."""

import re
from dataclasses import dataclass

from bot.commanding.command import Command, Misunderstood, Word
from bot.conversation.facts import PullFacts
from bot.conversation.marker import is_login, is_request
from bot.conversation.subject import Subject, is_sha
from schemas.errors import CommandError, ExitCode, UsageError
from schemas.plan import request_digest
from schemas.problem import shown

_COMMENT = re.compile(r"[1-9][0-9]{0,18}")
_LABEL = "label:"


class EvaluationNotAuthorized(CommandError):
    """Nobody who may has asked for exactly this."""

    exit_code = ExitCode.SUBMISSION


class EvaluationSuperseded(EvaluationNotAuthorized):
    """What was asked for is not what the pull request holds now."""


@dataclass(frozen=True)
class Started:
    """What a run was started with. Of `comment`, `label_by` and `actor`, who asked is the first that is given."""

    subject: Subject
    revision: str
    request: str
    comment: int | None
    label_by: str | None
    actor: str


@dataclass(frozen=True)
class Approval:
    """The comment that asked, as it is now. `command` None: it is none."""

    by: str
    pull: int
    edited: bool
    by_app: bool
    command: Command | Misunderstood | None


@dataclass(frozen=True)
class AuthorizationFacts:
    """`revision` is the model's in the config at the commit, None where that is not valid.

    `who` asked, and `may` says whether they have write permission now. `approval` None: there is no such comment.
    """

    pull: PullFacts
    revision: str | None
    who: str
    may: bool
    approval: Approval | None = None


def started_with(
    subject: Subject, revision: str, request: str, approval: str, actor: str
) -> Started:
    """What the arguments of a run say.

    Raises:
        UsageError: one of them has not the shape it must have.
    """
    if not is_sha(revision):
        raise UsageError(
            f"--revision is {shown(revision)}", "give the model's commit, 40 hex digits"
        )
    if not is_request(request):
        raise UsageError(
            f"--request is {shown(request, 200)}", "give `--smoke`, names of tasks, or both"
        )
    by_label = approval.startswith(_LABEL)
    comment = int(approval) if _COMMENT.fullmatch(approval) else None
    label_by = approval.removeprefix(_LABEL) if by_label else None
    if (approval and comment is None and not by_label) or (
        by_label and not is_login(label_by or "")
    ):
        raise UsageError(
            f"--approval is {shown(approval)}",
            "give the number of a comment, label:LOGIN, or nothing where a person started the run",
        )
    if not is_login(actor):
        raise UsageError(f"--actor is {shown(actor)}", "give who started the run")
    return Started(subject, revision, request, comment, label_by, actor)


def check_digest(request: str, digest: str) -> None:
    """Let a digest pass that stands for `request`: the run's title has it, and reports go by the title.

    Raises:
        EvaluationNotAuthorized: it stands for something else.
    """
    if digest != request_digest(request):
        raise EvaluationNotAuthorized(
            f"the digest {shown(digest)} is not that of the request",
            f"start the run with {request_digest(request)}, or by a comment",
        )


def check(started: Started, facts: AuthorizationFacts) -> None:
    """Let a run pass that somebody asked for who may, of what the pull request holds now.

    Raises:
        EvaluationSuperseded: the pull request has another head, another revision, or is not open.
        EvaluationNotAuthorized: nobody who may asked for it.
    """
    if why := _superseded(started, facts):
        raise EvaluationSuperseded(why, "look at the pull request, and comment `/evaluate` again")
    if why := _not_asked(started, facts):
        raise EvaluationNotAuthorized(why, "let a maintainer comment `/evaluate`")


def _superseded(started: Started, facts: AuthorizationFacts) -> str:
    subject, pull = started.subject, facts.pull
    if pull.state != "open":
        return f"superseded: pull request #{subject.pull} is {pull.state}"
    if pull.head_sha != subject.sha:
        return f"superseded: the head of pull request #{subject.pull} is {pull.head_sha[:7]} now, not {subject.sha[:7]}"
    if facts.revision is None:
        return f"{subject.config} is no valid config at {subject.sha[:7]}"
    if facts.revision != started.revision:
        return f"{subject.config} names the revision {facts.revision}, not {started.revision}"
    return ""


def _not_asked(started: Started, facts: AuthorizationFacts) -> str:
    if started.comment is not None and (why := _no_approval(started, facts.approval)):
        return f"comment {started.comment} {why}"
    return "" if facts.may else f"{shown(facts.who, 120)} may not start evaluations here"


def _no_approval(started: Started, approval: Approval | None) -> str:
    if approval is None:
        return "does not exist"
    command, subject = approval.command, started.subject
    if not isinstance(command, Command) or command.word not in {Word.EVALUATE, Word.RETRY}:
        return "does not ask for an evaluation"
    whole = command.word is Word.RETRY or command.request == started.request
    flaws = {
        f"is not on pull request #{subject.pull}": approval.pull != subject.pull,
        "was not written by a person": approval.by_app,
        "was edited after it was written": approval.edited,
        f"asks for {command.model}": command.config not in {None, subject.config},
        "asks for other tasks": not whole,
    }
    return next((flaw for flaw, found in flaws.items() if found), "")
