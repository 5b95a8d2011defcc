"""Commands about what has been run: try it again, stop it, publish it."""

from bot.commanding import wording
from bot.commanding.checking import check_again, unchecked
from bot.commanding.command import Command, Word
from bot.commanding.facts import CommandFacts, Earlier
from bot.commanding.operations import CancelRun, Dispatch, Say
from bot.commanding.runs import ACCEPT, PUBLISH, REPORT, EvaluationRun
from bot.commanding.selection import Outcome, chosen, for_each, subject_of
from bot.commanding.starting import is_under_way, refusal, run_since, start, told
from bot.conversation import news
from bot.conversation.facts import OwnComment
from bot.conversation.states import State
from schemas.plan import request_digest

_AGAIN = frozenset({State.FAILED, State.CANCELLED, State.QUEUED, State.RUNNING})
_WAITS = frozenset({State.QUEUED, State.RUNNING})


def cancel(facts: CommandFacts, command: Command) -> Outcome:
    """Stop all that waits or runs. A comment that says so of nothing is put right."""
    runs = [run for run in facts.runs if command.config in {None, run.subject.config}]
    stops = tuple(CancelRun(run.id) for run in runs if run.is_live)
    # The same answer when this is done again after it was disturbed: the runs have ended since.
    stopped = bool(stops) or any(run.updated_at >= facts.asking.at for run in runs)
    lost = () if stopped else _lost(facts, command)
    said = wording.STOPPED if stopped or lost else wording.NOTHING_RUNS
    return Outcome((*stops, *lost), said)


def retry(facts: CommandFacts, command: Command) -> Outcome:
    """Do again what failed or got lost: check, tell of a run, evaluate, publish, or accept."""
    missing = unchecked(facts, command)
    found = chosen(facts, command)
    if isinstance(found, Outcome):
        return _beside(check_again(facts), wording.CHECKING) if missing else found
    left = [one for one in found if one.marker.config not in missing]
    outcome = for_each(left, lambda one: _retried(facts, one))
    if missing:
        return _beside(check_again(facts), wording.CHECKING, outcome)
    if facts.pull.state == "merged" and not _reads_again(outcome):
        accept = Dispatch(ACCEPT, {"pull": str(facts.pull.number)})
        return _beside(accept, wording.ACCEPTING, outcome)
    return outcome


def _beside(deed: Dispatch, said: str, outcome: Outcome | None = None) -> Outcome:
    """A deed about the whole pull request, and what else is done; that nothing else is needs no word."""
    if outcome is None or not outcome.operations:
        return Outcome((deed,), said)
    return Outcome((deed, *outcome.operations), "\n\n".join(filter(None, [said, outcome.said])))


def _reads_again(outcome: Outcome) -> bool:
    """Whether the comment is about to tell of results: only then they can be accepted."""
    return any(isinstance(one, Dispatch) and one.workflow == REPORT for one in outcome.operations)


def publish(facts: CommandFacts, command: Command) -> Outcome:
    """Propose the scores to the models' repositories, again if need be."""
    if facts.publish_on == "never":
        return Outcome(said=wording.NEVER_PUBLISHED)
    if facts.pull.state == "closed":
        return Outcome(said=wording.not_open(facts.pull.state))
    found = chosen(facts, command)
    return found if isinstance(found, Outcome) else for_each(found, _published)


def _published(comment: OwnComment) -> Outcome:
    marker = comment.marker
    if marker.state is not State.EVALUATED or marker.run is None:
        return Outcome(said=wording.NOTHING_TO_PUBLISH)
    return Outcome((Dispatch(PUBLISH, {"run": str(marker.run)}),), wording.publishing(marker.run))


def _retried(facts: CommandFacts, comment: OwnComment) -> Outcome:
    marker = comment.marker
    if run := run_since(facts, marker.config):
        return told(facts, comment, run, _request(comment, run))
    if is_under_way(facts, comment):
        return Outcome()
    runs = facts.runs_of(marker.config, marker.sha)
    latest = runs[0] if runs else None
    untold = latest is not None and _is_untold(comment, latest)
    if latest and untold and latest.conclusion not in {None, "cancelled"}:
        return Outcome(
            (Dispatch(REPORT, {"run": str(latest.id)}),), wording.reading_again(latest.id)
        )
    if marker.state in _AGAIN or (untold and latest and not latest.is_live):
        return _evaluated_again(facts, comment, latest)
    return _lost_again(facts, comment) or Outcome(
        said=refusal(facts, comment) or wording.NOTHING_FAILED
    )


def _lost_again(facts: CommandFacts, comment: OwnComment) -> Outcome | None:
    """What was to come after what the comment says, and did not; None: nothing was."""
    marker = comment.marker
    if (
        marker.state is State.EVALUATED
        and not marker.published
        and _is_to_be_published(facts, comment)
    ):
        return _published(comment)
    lost = _lost_evaluate(facts, comment)
    return None if lost is None else start(facts, comment, lost)


def _is_to_be_published(facts: CommandFacts, comment: OwnComment) -> bool:
    earlier = _earlier_about(facts, comment, Word.PUBLISH)
    return facts.publish_on == "evaluated" or (
        facts.publish_on == "merged" and earlier is not None and earlier.at > comment.updated_at
    )


def _lost_evaluate(facts: CommandFacts, comment: OwnComment) -> str | None:
    """What was asked for of just what the comment says, by a command that came to nothing, not even an answer."""
    earlier = _earlier_about(facts, comment, Word.EVALUATE)
    if earlier is None or earlier.at <= comment.updated_at:
        return None
    answered = any(answer.to == earlier.key for answer in facts.answers)
    runs = facts.runs_of(comment.marker.config, comment.marker.sha)
    began = any(run.created_at >= earlier.at for run in runs)
    return None if answered or began else earlier.command.request


def _earlier_about(facts: CommandFacts, comment: OwnComment, word: Word) -> Earlier | None:
    earlier = facts.earlier
    about = earlier is not None and earlier.command.config in {None, comment.marker.config}
    return earlier if earlier is not None and about and earlier.command.word is word else None


def _is_untold(comment: OwnComment, latest: EvaluationRun) -> bool:
    """Whether the comment does not say how the run ended."""
    marker = comment.marker
    return marker.run is None or marker.run < latest.id or marker.state in _WAITS


def _evaluated_again(
    facts: CommandFacts, comment: OwnComment, latest: EvaluationRun | None
) -> Outcome:
    request = _request(comment, latest)
    if request is None:
        return Outcome(said=refusal(facts, comment) or wording.REQUEST_UNKNOWN)
    return start(facts, comment, request)


def _request(comment: OwnComment, run: EvaluationRun | None) -> str | None:
    """What the run was asked for; None: only its digest is left, and that of something longer."""
    asked = comment.marker.asked
    known = [*([asked.request] if asked else []), "", "--smoke"]
    if run is None:
        return known[0]
    return next((one for one in known if request_digest(one) == run.digest), None)


def _lost(facts: CommandFacts, command: Command) -> tuple[Say, ...]:
    comments = [
        one
        for one in facts.comments
        if one.marker.state in _WAITS
        and one.marker.sha == facts.pull.head_sha
        and command.config in {None, one.marker.config}
    ]
    return tuple(Say(news.cancelled(subject_of(facts, one))) for one in comments)
