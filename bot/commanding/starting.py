"""When an evaluation may start, and of what: what was approved is the commit that the bot's comment named."""

from collections.abc import Iterable

from bot.commanding import wording
from bot.commanding.command import Command
from bot.commanding.facts import CommandFacts, ConfigFacts
from bot.commanding.operations import Dispatch, Say
from bot.commanding.runs import EVALUATE, EvaluationRun
from bot.commanding.selection import Outcome, chosen, for_each, subject_of
from bot.conversation import news
from bot.conversation.facts import OwnComment
from bot.conversation.marker import Asked
from bot.conversation.states import State
from schemas.plan import request_digest
from schemas.problem import nearest

_MAY_START = frozenset({State.VALIDATED, State.TRIED, State.FAILED, State.CANCELLED})
_WAITS = frozenset({State.QUEUED, State.RUNNING})


def evaluate(facts: CommandFacts, command: Command) -> Outcome:
    """Start what is asked for. Several configs at once are those that need it; one that is named always."""
    found = chosen(facts, command)
    if isinstance(found, Outcome):
        return found
    if len(found) > 1:
        found = [one for one in found if _needs_it(facts, one)]
    if not found:
        return Outcome(said=wording.NOTHING_LEFT)
    return for_each(found, lambda one: _evaluated(facts, one, command))


def start(facts: CommandFacts, comment: OwnComment, request: str) -> Outcome:
    """Start one evaluation, unless it must not be."""
    subject, config = subject_of(facts, comment), facts.configs.get(comment.marker.config)
    if why := refusal(facts, comment):
        return Outcome(said=why)
    if config is None or config.revision is None:
        return Outcome(said=wording.unreadable())
    inputs = {
        "pull": str(subject.pull),
        "sha": subject.sha,
        "config": subject.config,
        "revision": config.revision,
        "request": request,
        "digest": request_digest(request),
        "approval": facts.asking.approval,
    }
    return Outcome((Dispatch(EVALUATE, inputs),))


def refusal(facts: CommandFacts, comment: OwnComment) -> str:
    """Why no evaluation may start of what the comment is about; empty: it may.

    Somebody may push between a look at the pull request and a command, or between a command and this
    look at it. So the commit is that of the comment, if the comment was there unchanged when the command
    was written, and if it is the head still.
    """
    asking, marker, head = facts.asking, comment.marker, facts.pull.head_sha
    if facts.pull.state != "open":
        return wording.not_open(facts.pull.state)
    if marker.sha != head or asking.head_sha not in {None, head}:
        return wording.MOVED
    if any(run.is_live for run in facts.runs_of(marker.config, marker.sha)):
        return wording.UNDER_WAY
    if comment.updated_at >= asking.at:
        return wording.CHANGED
    # A comment that says "queued" or "running" while nothing is: the run was lost.
    may = marker.state in _MAY_START | _WAITS | {State.EVALUATED}
    return "" if may else wording.may_not_start(marker.state)


def is_under_way(facts: CommandFacts, comment: OwnComment) -> bool:
    """Whether this very command has done its work on a config already."""
    asked = comment.marker.asked
    return asked is not None and asked.command == facts.asking.key


def run_since(facts: CommandFacts, config: str, digest: str | None = None) -> EvaluationRun | None:
    """The newest run that was started for a config (with these tasks) after the command was written.

    GitHub lets a newer run of the same config take the place of an older one.
    """
    since = (
        run
        for run in facts.runs
        if run.subject.config == config
        and run.created_at >= facts.asking.at
        and digest in {None, run.digest}
    )
    return next(since, None)


def told(
    facts: CommandFacts, comment: OwnComment, run: EvaluationRun, request: str | None
) -> Outcome:
    """Say that it is queued, unless the comment tells of that run, of a later one, or of another commit."""
    marker = comment.marker
    of_this = run.subject.sha == marker.sha == facts.pull.head_sha
    if not of_this or (marker.run is not None and marker.run >= run.id):
        return Outcome()
    asking = facts.asking
    asked = None if request is None else Asked(asking.by, request, asking.key)
    return Outcome((Say(news.queued(run.subject, run.id, asked)),))


def _evaluated(facts: CommandFacts, comment: OwnComment, command: Command) -> Outcome:
    config, request = comment.marker.config, command.request
    if run := run_since(facts, config, request_digest(request)):
        return told(facts, comment, run, request)
    if is_under_way(facts, comment):
        return Outcome()
    outcome = start(facts, comment, request)
    wrong = _wrong_task(facts.configs.get(config), command.tasks) if outcome.operations else ""
    return Outcome(said=wrong) if wrong else outcome


def _needs_it(facts: CommandFacts, comment: OwnComment) -> bool:
    since = run_since(facts, comment.marker.config)
    return comment.marker.state in _MAY_START or is_under_way(facts, comment) or since is not None


def _wrong_task(config: ConfigFacts | None, tasks: Iterable[str]) -> str:
    if config is None or config.tasks is None:
        return ""  # the plan, which reads all files, has the last word
    known = config.tasks
    wrong = next((task for task in tasks if task not in known), None)
    return wording.no_such_task(wrong, nearest(wrong, known)) if wrong else ""
